import {
  CodeCommitClient,
  CreateBranchCommand,
  CreateCommitCommand,
  CreateRepositoryCommand,
  DeleteBranchCommand,
  GetRepositoryTriggersCommand,
  PutRepositoryTriggersCommand,
  type RepositoryTrigger,
  TestRepositoryTriggersCommand,
} from "@aws-sdk/client-codecommit";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { codeCommit } from "../../../../rehearsal/cloud/codecommit/codecommit";
import { GatewayHarness } from "../../../support/gateway-harness";
import { modelOf, TestCloud } from "../../../support/test-cloud";
import { until } from "../../../support/until";

const repositoryName = "shop";
const topic = "arn:aws:sns:eu-central-1:111122223333:changes";
const watcher = "arn:aws:lambda:eu-central-1:111122223333:function:watcher";
const all: RepositoryTrigger = { name: "all", destinationArn: topic, events: ["all"], customData: "hello" };

interface TriggerRecord {
  readonly eventName: string;
  readonly eventTriggerName: string;
  readonly codecommit: { readonly references: readonly object[] };
}

describe("a repository's triggers", () => {
  let harness: GatewayHarness;
  let cloud: TestCloud;
  let client: CodeCommitClient;
  let told: { target: string; record: TriggerRecord }[];
  const sns = mockClient(SNSClient);
  const lambda = mockClient(LambdaClient);

  beforeEach(async () => {
    told = [];
    const tell = (target: string, message: string): object => {
      told.push({ target, record: (JSON.parse(message) as { Records: [TriggerRecord] }).Records[0] });
      return {};
    };
    sns.on(PublishCommand).callsFake(({ TopicArn, Message }: { TopicArn: string; Message: string }) => {
      if (TopicArn.endsWith(":gone")) throw new Error("Topic does not exist");
      return tell(TopicArn, Message);
    });
    lambda
      .on(InvokeCommand)
      .callsFake(({ FunctionName, Payload }: { FunctionName: string; Payload: Uint8Array }) =>
        tell(FunctionName, Buffer.from(Payload).toString()),
      );
    harness = new GatewayHarness();
    cloud = new TestCloud();
    Object.assign(cloud.backend, { sns: new SNSClient({}), lambda: new LambdaClient({}) });
    await harness.start();
    harness.parts = [codeCommit(cloud, modelOf("codecommit"))];
    client = new CodeCommitClient(harness.client);
    await client.send(new CreateRepositoryCommand({ repositoryName }));
  });
  afterEach(async () => {
    client.destroy();
    await harness.stop();
    cloud.remove();
  });

  const put = (...triggers: RepositoryTrigger[]) =>
    client.send(new PutRepositoryTriggersCommand({ repositoryName, triggers }));
  const commit = async (): Promise<string> => {
    const putFiles = [{ filePath: "README.md", fileContent: Buffer.from("hello") }];
    const { commitId } = await client.send(
      new CreateCommitCommand({ repositoryName, branchName: "main", putFiles }),
    );
    return commitId!;
  };

  it("are kept as they were put", async () => {
    const empty = await client.send(new GetRepositoryTriggersCommand({ repositoryName }));
    expect(empty.triggers).toEqual([]);
    const { configurationId } = await put(all);
    const { triggers, ...found } = await client.send(new GetRepositoryTriggersCommand({ repositoryName }));
    expect(found.configurationId).toBe(configurationId);
    expect(triggers).toEqual([{ ...all, branches: [] }]);
    await put();
    expect((await client.send(new GetRepositoryTriggersCommand({ repositoryName }))).triggers).toEqual([]);
  });

  it("tell a topic and a function, each of what it asks for", async () => {
    const deletes = {
      name: "deletes",
      destinationArn: watcher,
      events: ["deleteReference" as const],
      branches: ["old"],
    };
    await put(all, deletes);
    const commitId = await commit();
    await client.send(new CreateBranchCommand({ repositoryName, branchName: "old", commitId }));
    await client.send(new DeleteBranchCommand({ repositoryName, branchName: "old" }));
    await until(
      () => told.length,
      (count) => count === 4,
    );
    expect(
      told.filter(({ target }) => target === topic).map(({ record }) => record.codecommit.references),
    ).toEqual([
      [{ commit: commitId, created: true, ref: "refs/heads/main" }],
      [{ commit: commitId, created: true, ref: "refs/heads/old" }],
      [{ commit: commitId, deleted: true, ref: "refs/heads/old" }],
    ]);
    expect(told.filter(({ target }) => target === watcher).map(({ record }) => record)).toEqual([
      expect.objectContaining({
        awsRegion: "eu-central-1",
        eventName: "ReferenceChanges",
        eventSourceARN: "arn:aws:codecommit:eu-central-1:111122223333:shop",
        eventTriggerName: "deletes",
        userIdentityARN: harness.callerArn,
      }),
    ]);
    expect(told[0]!.record).toMatchObject({ customData: "hello", eventVersion: "1.0" });
  });

  it("are tried without a change, and say which could not be told", async () => {
    const gone = { ...all, name: "gone", destinationArn: topic.replace("changes", "gone") };
    const { successfulExecutions, failedExecutions } = await client.send(
      new TestRepositoryTriggersCommand({ repositoryName, triggers: [all, gone] }),
    );
    expect(successfulExecutions).toEqual(["all"]);
    expect(failedExecutions).toEqual([{ trigger: "gone", failureMessage: "Topic does not exist" }]);
    expect(told.map(({ record }) => record.eventName)).toEqual(["TriggerEventTest"]);
  });

  it.each<[string, RepositoryTrigger[], string]>([
    [
      "with eleven",
      Array.from({ length: 11 }, (_, n) => ({ ...all, name: `t${n}` })),
      "MaximumRepositoryTriggersExceededException",
    ],
    ["with a name twice", [all, all], "InvalidRepositoryTriggerNameException"],
    [
      "for a queue",
      [{ ...all, destinationArn: "arn:aws:sqs:eu-central-1:111122223333:q" }],
      "InvalidRepositoryTriggerDestinationArnException",
    ],
    [
      "for another Region",
      [{ ...all, destinationArn: topic.replace("eu-central-1", "us-east-1") }],
      "InvalidRepositoryTriggerRegionException",
    ],
    ["without events", [{ ...all, events: [] }], "RepositoryTriggerEventsListRequiredException"],
    [
      "with all events and one more",
      [{ ...all, events: ["all", "createReference"] }],
      "InvalidRepositoryTriggerEventsException",
    ],
    [
      "with eleven branches",
      [{ ...all, branches: Array.from({ length: 11 }, (_, n) => `b${n}`) }],
      "MaximumBranchesExceededException",
    ],
  ])("are refused %s", async (_, triggers, name) => {
    await expect(put(...triggers)).rejects.toMatchObject({ name });
  });
});
