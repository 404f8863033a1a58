import { NoticesTopic } from "../../../constructs/release/notices-topic";
import { testKey, testRole } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const made = (mailAddress: string | undefined) =>
  synthesizeConstruct((scope) =>
    new NoticesTopic(scope, "Notices", {
      topicName: "shop-notices",
      key: testKey(scope),
      mailAddress,
    }).grantPublish(testRole(scope), "nobody has anything to say"),
  );

describe("the topic of notices", () => {
  const stack = made("team@example.com");
  const topic = "arn:aws:sns:eu-west-1:111122223333:shop-notices";

  test("is encrypted, and refuses whoever comes without TLS", () => {
    expect(stack.resource("aws_sns_topic")).toHaveProperty("kms_master_key_id");
    expect(stack.policy(stack.resource("aws_sns_topic_policy")["policy"]).Statement).toMatchObject([
      { Effect: "Deny", Action: ["sns:Publish"], Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ]);
  });

  test("goes to a mail address where one is configured", () => {
    expect(stack.resource("aws_sns_topic_subscription")).toMatchObject({
      protocol: "email",
      endpoint: "team@example.com",
    });
    expect(made(undefined).resources("aws_sns_topic_subscription")).toEqual({});
  });

  test("lets those publish who are granted it, with its key", () => {
    const [publish, key] = stack.policy(stack.resource("aws_iam_role_policy")["policy"]).Statement;
    expect(publish).toMatchObject({ Action: ["sns:Publish"], Resource: [topic] });
    expect(key).toMatchObject({
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: [expect.stringMatching(/:key\//)],
    });
  });
});
