import {
  ConfirmSubscriptionCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { Notices } from "../../../rehearsal/drills/notices";
import { until } from "../../support/until";

const topicArn = "arn:aws:sns:eu-west-1:111122223333:shop-notices";
const options = {
  region: "eu-west-1",
  endpoint: "http://127.0.0.1:1",
  credentials: { accessKeyId: "a", secretAccessKey: "b", sessionToken: "" },
};
const sns = mockClient(SNSClient);
let endpoint = "";
const deliver = (delivery: object): Promise<Response> =>
  fetch(endpoint, { method: "POST", body: JSON.stringify(delivery) });

beforeEach(() => {
  sns.reset();
  sns.on(SubscribeCommand).callsFake(({ Endpoint }: { Endpoint: string }) => {
    endpoint = Endpoint;
    void deliver({ Type: "SubscriptionConfirmation", Token: "token-1", Message: "confirm" });
    return { SubscriptionArn: "pending confirmation" };
  });
  sns.on(ConfirmSubscriptionCommand).resolves({ SubscriptionArn: `${topicArn}:1` });
  sns.on(UnsubscribeCommand).resolves({});
});
afterAll(() => sns.restore());

describe("who listens to a topic", () => {
  it("confirms the subscription, gets the notices, and ends the subscription", async () => {
    const notices = new Notices(options, topicArn);
    const answer = await notices.during(async () => {
      await deliver({ Type: "Notification", Subject: "shop failed", Message: "Stage: Source" });
      await until(
        () => notices.received.length,
        (count) => count > 0,
      );
      return "done";
    });
    expect(answer).toBe("done");
    expect(notices.received).toEqual([{ subject: "shop failed", message: "Stage: Source" }]);
    const [confirmed] = sns.commandCalls(ConfirmSubscriptionCommand);
    expect(confirmed?.args[0].input).toEqual({ TopicArn: topicArn, Token: "token-1" });
    const [ended] = sns.commandCalls(UnsubscribeCommand);
    expect(ended?.args[0].input).toEqual({ SubscriptionArn: `${topicArn}:1` });
    await expect(deliver({})).rejects.toThrow();
  });

  it("ends the subscription also when what happens meanwhile fails", async () => {
    const failing = new Notices(options, topicArn).during(() => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(sns.commandCalls(UnsubscribeCommand)).toHaveLength(1);
  });

  it("says so when the subscription can't be confirmed", async () => {
    sns.on(ConfirmSubscriptionCommand).rejects(new Error("the token is not valid"));
    await expect(new Notices(options, topicArn).during(async () => "never")).rejects.toThrow(
      "the token is not valid",
    );
  });
});
