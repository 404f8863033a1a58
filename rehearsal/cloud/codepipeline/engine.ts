import type { ConditionType } from "@aws-sdk/client-codepipeline";
import type { Cloud } from "../cloud";
import { ActionFailure } from "./action-failure";
import type { PipelineEvents } from "./events";
import {
  countRetry,
  isRollbackTarget,
  newExecution,
  rollbackExecution,
  type StartSettings,
  succeededActions,
} from "./execution";
import type { ExecutionRecord, PipelineRecord } from "./records";
import type { StageEntry, StageOutcome, StageRun } from "./stage-run";

/** What an execution has to go through. */
interface Route {
  readonly firstStage: number;
  readonly begin?: StageEntry;
  /** @default the pipeline's last */
  readonly lastStage?: number;
}

/** Starts, stops, retries and rolls back the executions of pipelines. */
export class PipelineEngine {
  constructor(
    private readonly cloud: Cloud,
    private readonly stages: StageRun,
    private readonly events: PipelineEvents,
  ) {}

  start(pipeline: PipelineRecord, settings: StartSettings): ExecutionRecord {
    return this.begin(pipeline, newExecution(pipeline, settings), { firstStage: 0 });
  }

  /** Runs the failed stage again: only its failed actions and what had not run, or all of them. */
  retryStage(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: string,
    mode: "FAILED_ACTIONS" | "ALL_ACTIONS",
  ): void {
    countRetry(execution, stage, "ManualStageRetry");
    const entered = execution.actions.some((action) => action.stageName === stage);
    const doneActions = mode === "ALL_ACTIONS" ? [] : succeededActions(execution, stage);
    this.resume(pipeline, execution, {
      firstStage: indexOf(execution, stage),
      begin: { entered, doneActions },
    });
  }

  /** Runs one stage again with what an earlier, successful execution brought through it. */
  rollbackStage(
    pipeline: PipelineRecord,
    stage: string,
    target: ExecutionRecord,
    by: string,
  ): ExecutionRecord {
    const trigger = { triggerType: "ManualRollback" as const, triggerDetail: by };
    const execution = rollbackExecution(pipeline, target, trigger);
    const index = indexOf(execution, stage);
    return this.begin(pipeline, execution, { firstStage: index, lastStage: index });
  }

  /** Lets an execution go on that a condition holds up, or has failed. */
  override(pipeline: PipelineRecord, execution: ExecutionRecord, stage: string, kind: ConditionType): void {
    const condition = execution.conditions.get(stage)![kind]!;
    if (condition.status === "InProgress") return condition.overridden.abort();
    condition.status = "Overridden";
    condition.lastStatusChange = new Date();
    const index = indexOf(execution, stage);
    if (kind === "BEFORE_ENTRY")
      return this.resume(pipeline, execution, { firstStage: index, begin: { entered: true } });
    execution.stageStatuses.set(stage, "Succeeded");
    pipeline.stages.get(stage)!.latest!.status = "Succeeded";
    this.resume(pipeline, execution, { firstStage: index + 1 });
  }

  stop(pipeline: PipelineRecord, execution: ExecutionRecord, abandon: boolean, reason?: string): void {
    execution.stop = { abandon, reason };
    execution.status = "Stopping";
    this.events.execution(pipeline, execution, "STOPPING");
    for (const [name, stage] of pipeline.stages)
      if (stage.latest?.pipelineExecutionId === execution.id && stage.latest.status === "InProgress") {
        stage.latest.status = "Stopping";
        this.events.stage(pipeline, execution, name, "STOPPING");
      }
    if (abandon)
      execution.abandoned.abort(new ActionFailure("Abandoned", "The execution was stopped and abandoned"));
    execution.stopping.abort(new ActionFailure("Abandoned", "The execution was stopped"));
    for (const stage of pipeline.stages.values()) stage.lock.withdraw(execution.id);
  }

  private begin(pipeline: PipelineRecord, execution: ExecutionRecord, route: Route): ExecutionRecord {
    pipeline.executions.unshift(execution);
    this.events.execution(pipeline, execution, "STARTED");
    void this.run(pipeline, execution, route);
    return execution;
  }

  private resume(pipeline: PipelineRecord, execution: ExecutionRecord, route: Route): void {
    execution.status = "InProgress";
    execution.stop = undefined;
    execution.stopping = new AbortController();
    execution.abandoned = new AbortController();
    this.events.execution(pipeline, execution, "RESUMED");
    void this.run(pipeline, execution, route);
  }

  private async run(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    { firstStage, begin, lastStage = execution.declaration.stages!.length - 1 }: Route,
  ): Promise<void> {
    try {
      for (let index = firstStage; index <= lastStage; index++) {
        const stage = execution.declaration.stages![index]!;
        const outcome = await this.stages.pass(
          pipeline,
          execution,
          stage,
          index === firstStage ? { ...begin } : {},
          () => this.rollBackAfterFailure(pipeline, execution, stage.name!),
        );
        if (outcome !== "Succeeded" && outcome !== "Skipped")
          return this.finish(pipeline, execution, outcome);
      }
      this.finish(pipeline, execution, "Succeeded");
    } catch (error) {
      this.cloud.log(
        "defect",
        `codepipeline: execution ${execution.id} broke: ${error instanceof Error ? error.stack : error}`,
      );
      execution.statusSummary = String(error);
      this.finish(pipeline, execution, "Failed");
    }
  }

  /** Goes back to the last execution that succeeded in the stage; a rollback that fails is not rolled back. */
  private rollBackAfterFailure(pipeline: PipelineRecord, failed: ExecutionRecord, stage: string): void {
    const target = pipeline.executions.find(
      (candidate) => candidate.id !== failed.id && isRollbackTarget(pipeline, stage, candidate),
    );
    if (!target || failed.type === "ROLLBACK") return;
    const execution = rollbackExecution(pipeline, target, {
      triggerType: "AutomatedRollback",
      triggerDetail: JSON.stringify({ FailedPipelineExecutionId: failed.id }),
    });
    const index = indexOf(execution, stage);
    this.begin(pipeline, execution, { firstStage: index, lastStage: index, begin: { first: true } });
  }

  private finish(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    status: Exclude<StageOutcome["status"], "Skipped">,
  ): void {
    execution.status = status;
    execution.lastUpdateTime = new Date();
    const state = status === "Cancelled" ? "CANCELED" : (status.toUpperCase() as Uppercase<typeof status>);
    this.events.execution(pipeline, execution, state as Exclude<typeof state, "CANCELLED">);
  }
}

const indexOf = (execution: ExecutionRecord, stage: string): number =>
  execution.declaration.stages!.findIndex(({ name }) => name === stage);
