import { CodePipelineClient, StartPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  TestEventPatternCommand,
} from "@aws-sdk/client-eventbridge";
import { mockClient } from "aws-sdk-client-mock";
import type { EmulatorBackdoor } from "../../../../rehearsal/cloud/emulator/backdoor";
import { EventRouter } from "../../../../rehearsal/cloud/gateway/event-router";
import { TestCloud } from "../../../support/test-cloud";
import { until } from "../../../support/until";

const pipelineArn = "arn:aws:codepipeline:eu-central-1:111122223333:hello";
const roleArn = "arn:aws:iam::111122223333:role/commit-trigger";
const rule = { Name: "commit", State: "ENABLED", EventPattern: '{"source":["aws.codecommit"]}' } as const;
const event = {
  source: "aws.codecommit",
  detailType: "CodeCommit Repository State Change",
  resources: ["arn:aws:codecommit:eu-central-1:111122223333:hello"],
  detail: { referenceName: "main" },
};

const events = mockClient(EventBridgeClient);
const pipelines = mockClient(CodePipelineClient);
const putEvents = jest.fn((_region: string, _entries: readonly object[]) => Promise.resolve());
const cloud = new TestCloud();
const logged: string[] = [];
cloud.log = (...words: string[]) => void logged.push(words.join(": "));
const backdoor = { putEvents } as unknown as EmulatorBackdoor;
const router = new EventRouter(cloud, new EventBridgeClient({ region: "eu-central-1" }), backdoor);

beforeEach(() => {
  for (const mock of [events, pipelines]) mock.reset();
  putEvents.mockReset().mockResolvedValue();
  logged.length = 0;
  cloud.assumed.length = 0;
  events.on(ListRulesCommand).resolves({ Rules: [rule] });
  events
    .on(ListTargetsByRuleCommand)
    .resolves({ Targets: [{ Id: "t", Arn: pipelineArn, RoleArn: roleArn }] });
  events.on(TestEventPatternCommand).resolves({ Result: true });
  pipelines.on(StartPipelineExecutionCommand).resolves({ pipelineExecutionId: "e-1" });
});
afterAll(() => {
  for (const mock of [events, pipelines]) mock.restore();
  cloud.remove();
});

/** Emits the event and waits until the router's last word about it. */
async function emit(lastCall: () => number, count = 1): Promise<void> {
  router.emit(event);
  await until(lastCall, (calls) => calls >= count);
  await new Promise(setImmediate);
}
const started = () =>
  pipelines.commandCalls(StartPipelineExecutionCommand).map(({ args }) => args[0].input.name);

describe("an event", () => {
  it("reaches the emulator, which has the other targets", async () => {
    await emit(() => putEvents.mock.calls.length);
    expect(putEvents).toHaveBeenCalledWith("eu-central-1", [
      {
        Source: event.source,
        DetailType: event.detailType,
        Resources: event.resources,
        Detail: '{"referenceName":"main"}',
      },
    ]);
  });

  it("starts the pipeline of a rule that it matches, with the rule's role", async () => {
    await emit(() => logged.length);
    expect(started()).toEqual(["hello"]);
    expect(cloud.assumed).toEqual([`events.amazonaws.com ${roleArn}`]);
    expect(logged).toEqual(["events: rule commit started hello, execution e-1"]);
    const { EventPattern, Event } = events.commandCalls(TestEventPatternCommand)[0]!.args[0].input;
    expect(EventPattern).toBe(rule.EventPattern);
    expect(JSON.parse(Event!)).toMatchObject({
      "detail-type": event.detailType,
      source: event.source,
      account: "111122223333",
      region: "eu-central-1",
      resources: event.resources,
      detail: event.detail,
    });
  });

  it("gives the execution what the target's transformer makes of it", async () => {
    const InputTransformer = {
      InputPathsMap: { branch: "$.detail.referenceName" },
      InputTemplate:
        '{"sourceRevisions":[{"actionName":"Source","revisionType":"COMMIT_ID","revisionValue":"<branch>"}]}',
    };
    events
      .on(ListTargetsByRuleCommand)
      .resolves({ Targets: [{ Id: "t", Arn: pipelineArn, RoleArn: roleArn, InputTransformer }] });
    await emit(() => logged.length);
    expect(pipelines.commandCalls(StartPipelineExecutionCommand)[0]!.args[0].input).toMatchObject({
      name: "hello",
      sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: "main" }],
    });
  });

  it("starts nothing when it does not match", async () => {
    events.on(TestEventPatternCommand).resolves({ Result: false });
    await emit(() => events.commandCalls(TestEventPatternCommand).length);
    expect(started()).toEqual([]);
  });

  it("finds rules on every page, and passes over those that are off or run on a schedule", async () => {
    const none = { Name: "off", State: "DISABLED", EventPattern: rule.EventPattern } as const;
    const nightly = { Name: "nightly", State: "ENABLED", ScheduleExpression: "rate(1 day)" } as const;
    events.on(ListRulesCommand).resolves({ Rules: [none, nightly], NextToken: "more" });
    events.on(ListRulesCommand, { NextToken: "more" }).resolves({ Rules: [rule] });
    await emit(() => logged.length);
    const asked = events.commandCalls(ListTargetsByRuleCommand).map(({ args }) => args[0].input.Rule);
    expect(asked).toEqual(["commit"]);
  });

  it("leaves targets that are no pipelines to the emulator", async () => {
    const Arn = "arn:aws:sns:eu-central-1:111122223333:failures";
    events.on(ListTargetsByRuleCommand).resolves({ Targets: [{ Id: "t", Arn }] });
    await emit(() => events.commandCalls(ListTargetsByRuleCommand).length);
    expect(events.commandCalls(TestEventPatternCommand)).toEqual([]);
    expect(started()).toEqual([]);
  });

  it("that can't be delivered is logged and harms nobody", async () => {
    cloud.untrusting.add(roleArn);
    await emit(() => logged.length);
    cloud.untrusting.clear();
    expect(logged).toEqual([
      `events: ${event.detailType} was not delivered: ${roleArn} does not trust the service`,
    ]);
  });
});
