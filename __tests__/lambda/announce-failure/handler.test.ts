import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { handler } from "../../../lambda/announce-failure/handler";
import { action, drawn, executionEvent, ExecutionStory } from "../support/executions";
import { executionId, serviceError, silenceLogs } from "../support/job-events";

const [sns, story] = [mockClient(SNSClient), new ExecutionStory()];
const link = `https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/shop/executions/${executionId}`;
const artifactRevisions = [{ name: "Source", revisionId: "c0ffee", revisionSummary: "Say hello\n\nLouder." }];
const failed = (stage: string, name: string, message?: string) =>
  action(stage, name, "Failed", { executionResult: { errorDetails: { code: "JobFailed", message } } });

async function notice(): Promise<{ TopicArn?: string; Subject?: string; Message?: string }> {
  await handler(executionEvent("FAILED"));
  const calls = sns.commandCalls(PublishCommand);
  expect(calls).toHaveLength(1);
  return calls[0]!.args[0].input;
}

beforeEach(() => {
  silenceLogs();
  sns.reset();
  sns.on(PublishCommand).resolves({});
  process.env.TOPIC_ARN = "arn:aws:sns:eu-west-1:111122223333:shop-notices";
});

describe("the notice of a failed execution", () => {
  it("names pipeline, stage, action, reason, commit and version, and has the link", async () => {
    story.tell({ status: "Failed", artifactRevisions }, [
      action("Source", "Source"),
      drawn("1.0.7"),
      failed(
        "DeployImage-production",
        "roll-out",
        "release 1.0.7: instance refresh r-1 ended RollbackFailed",
      ),
    ]);
    expect(await notice()).toEqual({
      TopicArn: "arn:aws:sns:eu-west-1:111122223333:shop-notices",
      Subject: "shop failed at DeployImage-production/roll-out",
      Message: [
        `Execution ${executionId} of the pipeline shop failed.`,
        "",
        "Stage:   DeployImage-production",
        "Action:  roll-out",
        "Reason:  release 1.0.7: instance refresh r-1 ended RollbackFailed",
        'Commit:  c0ffee "Say hello"',
        "Version: 1.0.7",
        `Link:    ${link}`,
      ].join("\n"),
    });
  });

  it("tells of the newest attempt, not of those before a retry", async () => {
    story.tell({ artifactRevisions }, [
      failed("DeployImage-production", "roll-out", "an alarm"),
      action("DeployImage-production", "prepare-release"),
      failed("DeployImage-production", "approve", "rejected"),
    ]);
    const { Message } = await notice();
    expect(Message).toContain("Action:  approve\nReason:  rejected\n");
    expect(Message).not.toContain("an alarm");
  });

  it("says so when there is no commit yet, no version or no reason", async () => {
    story.tell({}, [failed("Source", "Source")]);
    const { Message } = await notice();
    expect(Message).toContain(
      "Reason:  none was given\nCommit:  none was fetched\nVersion: none was drawn\n",
    );
  });

  it("takes the action's summary where there are no details of an error", async () => {
    story.tell({ artifactRevisions: [{ revisionId: "c0ffee" }] }, [
      action("Deploy", "approve", "Failed", { executionResult: { externalExecutionSummary: "not today" } }),
    ]);
    const { Message } = await notice();
    expect(Message).toContain("Reason:  not today\nCommit:  c0ffee\n");
  });

  it("has a subject that SNS takes", async () => {
    story.tell({}, [failed("S".repeat(100), "a".repeat(100), "no")]);
    expect((await notice()).Subject).toHaveLength(99);
  });
});

describe("a notice is not lost", () => {
  it("when CodePipeline can't be asked: it says why it knows no more", async () => {
    story.mock.reset();
    story.mock.rejects(serviceError("AccessDeniedException", "no"));
    const { Subject, Message } = await notice();
    expect(Subject).toBe("shop failed");
    expect(Message).toContain(`Details: can't be read: AccessDeniedException: no\nLink:    ${link}`);
  });

  it("when the topic refuses it: the invocation fails, and Lambda repeats it", async () => {
    story.tell({}, []);
    sns.on(PublishCommand).rejects(serviceError("KMSDisabledException", "the key is off"));
    await expect(handler(executionEvent("FAILED"))).rejects.toThrow("the key is off");
  });

  it("when the event is not understood", async () => {
    await expect(handler({})).rejects.toThrow("it lacks region, pipeline, executionId");
  });
});
