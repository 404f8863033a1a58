import type { StageDeclaration } from "@aws-sdk/client-codepipeline";
import type { ActionRun } from "./action-run";
import type { ConditionRun } from "./condition-run";
import type { PipelineEvents } from "./events";
import { countRetry, succeededActions } from "./execution";
import type { ConditionKind, ExecutionRecord, PipelineRecord } from "./records";

/** Where in a stage an execution begins. */
export interface StageEntry {
  /** The stage was entered before: its entry condition is not asked again. */
  readonly entered?: boolean;
  /** Its actions are done: only what follows them happens. */
  readonly doneActions?: readonly string[];
  /** Before all executions that wait. */
  readonly first?: boolean;
}

export interface StageOutcome {
  readonly status: "Succeeded" | "Failed" | "Stopped" | "Superseded" | "Skipped" | "Cancelled";
  /** The stage goes back to the last execution that succeeded in it; this one has failed. */
  readonly rollsBack?: boolean;
}

/**
 * Carries an execution through one stage: entry, its actions, and what follows their success or failure.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
 */
export class StageRun {
  constructor(
    private readonly actions: ActionRun,
    private readonly conditions: ConditionRun,
    private readonly events: PipelineEvents,
  ) {}

  /** @param rollBack is called before the stage is given up, so that nobody overtakes the rollback */
  async pass(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: StageDeclaration,
    begin: StageEntry,
    rollBack: () => void,
  ): Promise<StageOutcome["status"]> {
    const record = pipeline.stages.get(stage.name!)!;
    const outdated = (): boolean => pipeline.declaration.version !== execution.pipelineVersion;
    if (execution.stop) return "Stopped";
    if (outdated()) return "Cancelled";
    const mode = execution.declaration.executionMode ?? "SUPERSEDED";
    const entry = await (begin.first
      ? record.lock.enterFirst(execution.id, mode)
      : record.lock.enter(execution.id, mode));
    if (entry === "superseded") return "Superseded";
    if (entry === "stopped") return "Stopped";
    if (entry === "cancelled") return "Cancelled";
    try {
      record.latest = { pipelineExecutionId: execution.id, status: "InProgress", type: execution.type };
      execution.stageStatuses.set(stage.name!, "InProgress");
      this.events.stage(
        pipeline,
        execution,
        stage.name!,
        execution.retries.has(stage.name!) ? "RESUMED" : "STARTED",
      );
      const { status, rollsBack } = await this.run(pipeline, execution, stage, begin);
      this.settle(pipeline, execution, stage, status);
      if (rollsBack) rollBack();
      return rollsBack ? "Failed" : status;
    } finally {
      record.lock.leave(execution.id);
    }
  }

  private async run(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: StageDeclaration,
    begin: StageEntry,
  ): Promise<StageOutcome> {
    const entryCondition = stage.beforeEntry?.conditions?.[0];
    if (entryCondition && !begin.entered) {
      const verdict = await this.verdict(pipeline, execution, stage, "BEFORE_ENTRY");
      if (verdict === "Abandoned") return { status: "Stopped" };
      if (verdict === "Failed") return { status: entryCondition.result === "SKIP" ? "Skipped" : "Failed" };
    }
    let status = await this.runActions(pipeline, execution, stage, begin.doneActions ?? []);
    if (status === "Failed" && retriesItself(execution, stage)) {
      this.settle(pipeline, execution, stage, "Failed");
      countRetry(execution, stage.name!, "AutomatedStageRetry");
      this.events.stage(pipeline, execution, stage.name!, "RESUMED");
      const all = stage.onFailure?.retryConfiguration?.retryMode === "ALL_ACTIONS";
      status = await this.runActions(
        pipeline,
        execution,
        stage,
        all ? [] : succeededActions(execution, stage.name!),
      );
    }
    if (status === "Succeeded") return this.afterSuccess(pipeline, execution, stage);
    return status === "Failed" ? this.afterFailure(pipeline, execution, stage) : { status };
  }

  private async afterSuccess(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: StageDeclaration,
  ): Promise<StageOutcome> {
    const condition = stage.onSuccess?.conditions?.[0];
    const verdict = condition && (await this.verdict(pipeline, execution, stage, "ON_SUCCESS"));
    if (verdict === "Abandoned") return { status: "Stopped" };
    if (verdict !== "Failed") return { status: "Succeeded" };
    return condition!.result === "ROLLBACK" ? { status: "Succeeded", rollsBack: true } : { status: "Failed" };
  }

  private async afterFailure(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: StageDeclaration,
  ): Promise<StageOutcome> {
    const condition = stage.onFailure?.conditions?.[0];
    if (!condition) return { status: "Failed", rollsBack: stage.onFailure?.result === "ROLLBACK" };
    const verdict = await this.verdict(pipeline, execution, stage, "ON_FAILURE");
    const result = condition.result ?? stage.onFailure?.result;
    return { status: "Failed", rollsBack: verdict === "Failed" && result === "ROLLBACK" };
  }

  private verdict(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: StageDeclaration,
    kind: ConditionKind,
  ) {
    const { beforeEntry, onSuccess, onFailure } = stage;
    const declared = { BEFORE_ENTRY: beforeEntry, ON_SUCCESS: onSuccess, ON_FAILURE: onFailure }[kind];
    return this.conditions.check(pipeline, execution, stage, kind, declared!.conditions![0]!);
  }

  private async runActions(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: StageDeclaration,
    doneActions: readonly string[],
  ): Promise<"Succeeded" | "Failed" | "Stopped"> {
    const waiting = stage.actions!.filter((action) => !doneActions.includes(action.name!));
    const runOrders = [...new Set(waiting.map((action) => action.runOrder ?? 1))].sort((a, b) => a - b);
    for (const runOrder of runOrders) {
      if (execution.stop) return "Stopped";
      const actions = waiting.filter((action) => (action.runOrder ?? 1) === runOrder);
      const results = await Promise.all(
        actions.map((action) => this.actions.run(pipeline, execution, stage, action)),
      );
      if (execution.stop && results.some((status) => status !== "Succeeded")) return "Stopped";
      if (results.some((status) => status !== "Succeeded")) return "Failed";
    }
    return "Succeeded";
  }

  /** Writes down how a stage ended, and tells. The documentation names no event for a stage that is skipped. */
  private settle(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: StageDeclaration,
    status: StageOutcome["status"],
  ): void {
    const ended = status as "Succeeded" | "Failed" | "Stopped" | "Skipped";
    const record = pipeline.stages.get(stage.name!)!;
    record.latest = { pipelineExecutionId: execution.id, status: ended, type: execution.type };
    execution.stageStatuses.set(stage.name!, ended);
    if (ended !== "Skipped")
      this.events.stage(
        pipeline,
        execution,
        stage.name!,
        ended.toUpperCase() as Uppercase<Exclude<typeof ended, "Skipped">>,
      );
  }
}

/** A stage retries itself once. https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-retry.html */
function retriesItself(execution: ExecutionRecord, stage: StageDeclaration): boolean {
  const attempts = execution.retries.get(stage.name!)?.autoStageRetryAttempt ?? 0;
  return stage.onFailure?.result === "RETRY" && attempts === 0 && !execution.stop;
}
