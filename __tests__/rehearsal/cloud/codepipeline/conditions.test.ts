import {
  ListPipelineExecutionsCommand,
  ListRuleExecutionsCommand,
  ListRuleTypesCommand,
  OverrideStageConditionCommand,
  RetryStageExecutionCommand,
  type RuleDeclaration,
  type StageDeclaration,
} from "@aws-sdk/client-codepipeline";
import { approvalStage, buildStage, invokeStage, PipelineHarness, rule } from "./pipeline-harness";

const alarm = (configuration: Record<string, string> = {}): RuleDeclaration =>
  rule("CloudWatchAlarm", { AlarmName: "errors", ...configuration });
const isMain = (branch = "main"): RuleDeclaration =>
  rule("VariableCheck", { Variable: "#{SourceVariables.BranchName}", Operator: "EQ", Value: branch });
const bake = invokeStage("Bake");
const before = (result: "FAIL" | "SKIP", ...rules: RuleDeclaration[]): StageDeclaration => ({
  ...buildStage,
  beforeEntry: { conditions: [{ result, rules }] },
});
const after = (result: "FAIL" | "ROLLBACK", ...rules: RuleDeclaration[]): StageDeclaration => ({
  ...bake,
  onSuccess: { conditions: [{ result, rules }] },
});

describe("a stage's condition", () => {
  let pipeline: PipelineHarness;
  beforeEach(async () => {
    pipeline = new PipelineHarness();
    await pipeline.start();
  });
  afterEach(() => pipeline.stop());

  const override = async (stageName: string, conditionType: "BEFORE_ENTRY" | "ON_SUCCESS") =>
    pipeline.client.send(
      new OverrideStageConditionCommand({
        pipelineName: "hello",
        stageName,
        conditionType,
        pipelineExecutionId: await pipeline.newest(),
      }),
    );
  const rules = async () =>
    (await pipeline.client.send(new ListRuleExecutionsCommand({ pipelineName: "hello" })))
      .ruleExecutionDetails!;
  const stageEvents = (stage: string): unknown[] =>
    pipeline.cloud.events
      .filter(({ detailType, detail }) => detailType.includes("Stage") && detail.stage === stage)
      .map(({ detail }) => detail.state);

  describe("before entry", () => {
    it("lets an execution in when all its rules succeed", async () => {
      await pipeline.create([before("FAIL", isMain(), alarm())]);
      expect(await pipeline.status(await pipeline.newest())).toBe("Succeeded");
      expect((await pipeline.stage("Build")).beforeEntryConditionState).toMatchObject({
        latestExecution: { status: "Succeeded" },
        conditionStates: [{ ruleStates: [{ ruleName: "VariableCheck" }, { ruleName: "CloudWatchAlarm" }] }],
      });
    });

    it("fails the stage before an action runs, and says why", async () => {
      pipeline.alarmState = "ALARM";
      await pipeline.create([before("FAIL", alarm())]);
      const id = await pipeline.newest();
      expect(await pipeline.status(id)).toBe("Failed");
      expect((await pipeline.actions(id)).map(({ actionName }) => actionName)).toEqual(["Commit"]);
      const { latestExecution, beforeEntryConditionState } = await pipeline.stage("Build");
      expect(latestExecution!.status).toBe("Failed");
      expect(beforeEntryConditionState!.latestExecution).toEqual({
        status: "Failed",
        summary: "The alarm errors is in state ALARM",
      });
      expect(stageEvents("Build")).toEqual(["STARTED", "FAILED"]);
    });

    it("skips the stage, and the execution goes on", async () => {
      await pipeline.createWaiting([before("SKIP", isMain("release")), bake]);
      await pipeline.succeed(1);
      const id = await pipeline.newest();
      expect(await pipeline.ended(id)).toBe("Succeeded");
      expect((await pipeline.stage("Build")).latestExecution!.status).toBe("Skipped");
      expect((await pipeline.actions(id)).map(({ actionName }) => actionName)).toEqual(["Commit", "Invoke"]);
      await expect(override("Build", "BEFORE_ENTRY")).rejects.toMatchObject({
        name: "ConditionNotOverridableException",
      });
    });

    it("waits for an alarm to change, as long as it may", async () => {
      await pipeline.stop();
      pipeline = new PipelineHarness();
      pipeline.clockSpeed = 60;
      await pipeline.start();
      pipeline.alarmState = "ALARM";
      await pipeline.createWaiting([before("FAIL", alarm({ WaitTime: "20" }))]);
      await pipeline.until(
        async () => (await pipeline.stage("Build")).beforeEntryConditionState?.latestExecution?.status,
      );
      pipeline.alarmState = "OK";
      expect(await pipeline.ended(await pipeline.newest())).toBe("Succeeded");
    });

    it("fails when an alarm does not exist", async () => {
      await pipeline.create([before("FAIL", rule("CloudWatchAlarm", { AlarmName: "other" }))]);
      expect((await rules())[0]!.output!.executionResult!.errorDetails).toEqual({
        code: "ConfigurationError",
        message: "The alarm other does not exist",
      });
    });

    it("waits for a window that is closed until somebody overrides it", async () => {
      const closed = rule("DeploymentWindow", { Cron: "* * * 1 1 ? 1999", TimeZone: "UTC+05:30" });
      await pipeline.createWaiting([before("FAIL", closed)]);
      await pipeline.until(
        async () => (await pipeline.stage("Build")).beforeEntryConditionState?.latestExecution?.status,
      );
      await override("Build", "BEFORE_ENTRY");
      expect(await pipeline.ended(await pipeline.newest())).toBe("Succeeded");
      expect((await pipeline.stage("Build")).beforeEntryConditionState!.latestExecution!.status).toBe(
        "Overridden",
      );
      expect((await rules()).map(({ status }) => status)).toEqual(["Abandoned"]);
      await expect(override("Build", "BEFORE_ENTRY")).rejects.toMatchObject({
        name: "ConditionNotOverridableException",
      });
    });

    it("can be overridden after it has failed the stage", async () => {
      await pipeline.create([before("FAIL", isMain("release"))]);
      const id = await pipeline.newest();
      expect(await pipeline.status(id)).toBe("Failed");
      await override("Build", "BEFORE_ENTRY");
      expect(await pipeline.ended(id)).toBe("Succeeded");
    });

    it("opens for a function that says so, and stays closed for one that fails", async () => {
      const asked = rule("LambdaInvoke", {
        FunctionName: "gate",
        UserParameters: "#{SourceVariables.CommitId}",
      });
      await pipeline.createWaiting([before("FAIL", asked)]);
      expect((await pipeline.job(1)).data.actionConfiguration.configuration).toEqual({
        FunctionName: "gate",
        UserParameters: pipeline.tip,
      });
      await pipeline.succeed(1, { executionDetails: { summary: "all quiet" } });
      const first = await pipeline.newest();
      expect(await pipeline.ended(first)).toBe("Succeeded");
      const second = await pipeline.run();
      await pipeline.fail(2, "a freeze");
      expect(await pipeline.ended(second)).toBe("Failed");
      expect((await rules()).map(({ output }) => output!.executionResult!)).toMatchObject([
        { errorDetails: { message: "a freeze" } },
        { externalExecutionSummary: "all quiet" },
      ]);
    });

    it("is given up when the execution is stopped", async () => {
      const closed = rule("DeploymentWindow", { Cron: "* * * 1 1 ? 1999" });
      await pipeline.createWaiting([before("FAIL", closed)]);
      await pipeline.until(
        async () => (await pipeline.stage("Build")).beforeEntryConditionState?.latestExecution?.status,
      );
      await pipeline.halt();
      expect(await pipeline.ended(await pipeline.newest())).toBe("Stopped");
      expect((await pipeline.stage("Build")).latestExecution!.status).toBe("Stopped");
    });
  });

  describe("on success", () => {
    it("fails a stage whose actions succeeded, and can be overridden", async () => {
      pipeline.alarmState = "ALARM";
      await pipeline.createWaiting([after("FAIL", alarm()), buildStage]);
      await pipeline.succeed(1);
      const id = await pipeline.newest();
      expect(await pipeline.ended(id)).toBe("Failed");
      expect((await pipeline.stage("Bake")).latestExecution!.status).toBe("Failed");
      await override("Bake", "ON_SUCCESS");
      expect(await pipeline.ended(id)).toBe("Succeeded");
      expect((await pipeline.stage("Bake")).latestExecution!.status).toBe("Succeeded");
    });

    it("watches an alarm for the wait time", async () => {
      await pipeline.stop();
      pipeline = new PipelineHarness();
      pipeline.clockSpeed = 60;
      await pipeline.start();
      await pipeline.createWaiting([after("FAIL", alarm({ WaitTime: "10" }))]);
      await pipeline.succeed(1);
      await pipeline.until(
        async () => (await pipeline.stage("Bake")).onSuccessConditionState?.latestExecution?.status,
      );
      pipeline.alarmState = "ALARM";
      expect(await pipeline.ended(await pipeline.newest())).toBe("Failed");
    });

    it("rolls the stage back to the last execution that succeeded in it", async () => {
      const first = await pipeline.createWaiting([after("ROLLBACK", alarm())]);
      await pipeline.succeed(1);
      expect(await pipeline.ended(first)).toBe("Succeeded");
      pipeline.alarmState = "ALARM";
      const second = await pipeline.run();
      await pipeline.succeed(2);
      expect(await pipeline.ended(second)).toBe("Failed");
      await pipeline.job(3);
      const { pipelineExecutionSummaries } = await pipeline.client.send(
        new ListPipelineExecutionsCommand({ pipelineName: "hello" }),
      );
      expect(pipelineExecutionSummaries![0]).toMatchObject({
        executionType: "ROLLBACK",
        rollbackMetadata: { rollbackTargetPipelineExecutionId: first },
        trigger: {
          triggerType: "AutomatedRollback",
          triggerDetail: JSON.stringify({ FailedPipelineExecutionId: second }),
        },
      });
    });
  });

  describe("on failure", () => {
    const failing = (onFailure: StageDeclaration["onFailure"]): StageDeclaration => ({ ...bake, onFailure });

    it("rolls back without rules, before anything that waits for the stage", async () => {
      const first = await pipeline.createWaiting([failing({ result: "ROLLBACK" })]);
      await pipeline.succeed(1);
      await pipeline.ended(first);
      const [second, third] = [await pipeline.run(), await pipeline.run()];
      await pipeline.until(async () => (await pipeline.stage("Bake")).inboundExecution?.pipelineExecutionId);
      await pipeline.fail(2, "not ready");
      expect(await pipeline.ended(second)).toBe("Failed");
      await pipeline.job(3);
      const rollback = await pipeline.newest();
      expect((await pipeline.stage("Bake")).latestExecution).toMatchObject({
        pipelineExecutionId: rollback,
        type: "ROLLBACK",
      });
      await pipeline.succeed(3);
      expect(await pipeline.ended(rollback)).toBe("Succeeded");
      await pipeline.succeed(4);
      expect(await pipeline.ended(third)).toBe("Succeeded");
    });

    it("stays failed when no execution succeeded in the stage before, or a rollback fails", async () => {
      const first = await pipeline.createWaiting([failing({ result: "ROLLBACK" })]);
      await pipeline.fail(1, "no");
      expect(await pipeline.ended(first)).toBe("Failed");
      expect(await pipeline.newest()).toBe(first);
      const second = await pipeline.run();
      await pipeline.succeed(2);
      expect(await pipeline.ended(second)).toBe("Succeeded");
      const third = await pipeline.run();
      await pipeline.fail(3, "no");
      await pipeline.fail(4, "nor this");
      const rollback = await pipeline.newest();
      expect(rollback).not.toBe(third);
      expect(await pipeline.ended(rollback)).toBe("Failed");
      expect(await pipeline.newest()).toBe(rollback);
    });

    it.each([
      ["fails, and the stage rolls back", "ALARM" as const, "Failed", true],
      ["holds, and the stage stays failed", "OK" as const, "Succeeded", false],
    ])("%s, with the alarm in %s", async (_, state, verdict, rollsBack) => {
      const condition = { result: "ROLLBACK" as const, rules: [alarm()] };
      const first = await pipeline.createWaiting([failing({ conditions: [condition] })]);
      await pipeline.succeed(1);
      await pipeline.ended(first);
      pipeline.alarmState = state;
      const second = await pipeline.run();
      await pipeline.fail(2, "not ready");
      expect(await pipeline.ended(second)).toBe("Failed");
      const [shown] = await rules();
      expect(shown).toMatchObject({ ruleName: "CloudWatchAlarm", status: verdict });
      expect((await pipeline.newest()) !== second).toBe(rollsBack);
    });

    it.each([
      ["FAILED_ACTIONS" as const, ["Good", "Bad", "Bad"]],
      ["ALL_ACTIONS" as const, ["Good", "Bad", "Good", "Bad"]],
    ])("retries by itself once, %s", async (retryMode, ran) => {
      const [invoke] = bake.actions!;
      const stage: StageDeclaration = {
        name: "Bake",
        actions: [
          { ...invoke!, name: "Good", namespace: "A" },
          { ...invoke!, name: "Bad", namespace: "B", runOrder: 2 },
        ],
        onFailure: { result: "RETRY", retryConfiguration: { retryMode } },
      };
      const id = await pipeline.createWaiting([stage]);
      await pipeline.succeed(1);
      await pipeline.fail(2, "no");
      if (retryMode === "ALL_ACTIONS") await pipeline.succeed(3);
      await pipeline.fail(retryMode === "ALL_ACTIONS" ? 4 : 3, "still no");
      expect(await pipeline.ended(id)).toBe("Failed");
      expect((await pipeline.actions(id)).slice(1).map(({ actionName }) => actionName)).toEqual(ran);
      expect((await pipeline.stage("Bake")).retryStageMetadata).toEqual({
        autoStageRetryAttempt: 1,
        latestRetryTrigger: "AutomatedStageRetry",
      });
      expect(stageEvents("Bake")).toEqual(["STARTED", "FAILED", "RESUMED", "FAILED"]);
      const retry = { pipelineName: "hello", stageName: "Bake", pipelineExecutionId: id };
      await pipeline.client.send(new RetryStageExecutionCommand({ ...retry, retryMode: "FAILED_ACTIONS" }));
      await pipeline.succeed(retryMode === "ALL_ACTIONS" ? 5 : 4);
      expect(await pipeline.ended(id)).toBe("Succeeded");
    });
  });

  it("has rules of the types that are listed", async () => {
    const { ruleTypes } = await pipeline.client.send(new ListRuleTypesCommand({}));
    expect(ruleTypes!.map(({ id }) => id!.provider)).toEqual([
      "CloudWatchAlarm",
      "DeploymentWindow",
      "LambdaInvoke",
      "VariableCheck",
    ]);
  });

  it.each<[string, StageDeclaration, string]>([
    ["skips by an alarm", before("SKIP", alarm()), "can't have a CloudWatchAlarm rule"],
    ["runs commands", before("FAIL", rule("Commands", {})), "Provider: 'Commands'"],
    [
      "lacks a setting",
      before("FAIL", rule("CloudWatchAlarm", {})),
      "missing required configuration 'AlarmName'",
    ],
    ["has an unknown setting", before("FAIL", alarm({ Colour: "red" })), "unknown configuration 'Colour'"],
    [
      "has no operator",
      before("FAIL", rule("VariableCheck", { Variable: "a", Value: "b", Operator: "LIKE" })),
      "'LIKE'",
    ],
    [
      "has no cron expression",
      before("FAIL", rule("DeploymentWindow", { Cron: "tomorrow" })),
      "cron expression",
    ],
    ["has a rule twice", before("FAIL", alarm(), alarm()), "not unique"],
    [
      "retries and has conditions",
      { ...bake, onFailure: { result: "RETRY", conditions: [{ result: "ROLLBACK", rules: [alarm()] }] } },
      "automatic retry",
    ],
    ["skips after failure", { ...bake, onFailure: { result: "SKIP" } }, "beforeEntry"],
    [
      "rolls back before entry",
      { ...bake, beforeEntry: { conditions: [{ result: "ROLLBACK", rules: [alarm()] }] } },
      "FAIL or SKIP",
    ],
  ])("is refused when it %s", async (_, stage, message) => {
    await expect(pipeline.create([stage, approvalStage])).rejects.toMatchObject({
      name: "InvalidStageDeclarationException",
      message: expect.stringContaining(message) as string,
    });
  });
});
