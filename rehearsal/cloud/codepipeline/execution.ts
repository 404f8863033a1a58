import { randomUUID } from "node:crypto";
import type { ExecutionTrigger } from "@aws-sdk/client-codepipeline";
import type { ActionRecord, ExecutionRecord, PipelineRecord } from "./records";

export interface StartSettings {
  readonly trigger: ExecutionTrigger;
  readonly variables?: ReadonlyMap<string, string>;
  readonly revisions?: ReadonlyMap<string, string>;
}

export function newExecution(pipeline: PipelineRecord, settings: StartSettings): ExecutionRecord {
  const defaults = (pipeline.declaration.variables ?? []).flatMap((variable): [string, string][] =>
    variable.defaultValue === undefined ? [] : [[variable.name!, variable.defaultValue]],
  );
  return {
    id: randomUUID(),
    pipelineVersion: pipeline.declaration.version ?? 1,
    declaration: pipeline.declaration,
    status: "InProgress",
    trigger: settings.trigger,
    type: "STANDARD",
    startTime: new Date(),
    lastUpdateTime: new Date(),
    pipelineVariables: new Map([...defaults, ...(settings.variables ?? [])]),
    requestedRevisions: settings.revisions ?? new Map(),
    sourceRevisions: [],
    artifacts: new Map(),
    namespaces: new Map(),
    actions: [],
    stageStatuses: new Map(),
    conditions: new Map(),
    rules: [],
    retries: new Map(),
    stopping: new AbortController(),
    abandoned: new AbortController(),
  };
}

/** A new execution with the variables, artifacts and source revisions of an earlier one. */
export function rollbackExecution(
  pipeline: PipelineRecord,
  target: ExecutionRecord,
  trigger: ExecutionTrigger,
): ExecutionRecord {
  return {
    ...newExecution(pipeline, { trigger }),
    type: "ROLLBACK",
    rollbackTargetId: target.id,
    pipelineVariables: new Map(target.pipelineVariables),
    artifacts: new Map(target.artifacts),
    namespaces: new Map(target.namespaces),
    sourceRevisions: [...target.sourceRevisions],
  };
}

/**
 * Whether a stage can go back to what an execution brought through it.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
 */
export function isRollbackTarget(pipeline: PipelineRecord, stage: string, target: ExecutionRecord): boolean {
  return (
    pipeline.declaration.executionMode !== "PARALLEL" &&
    pipeline.declaration.stages![0]!.name !== stage &&
    target.type === "STANDARD" &&
    target.pipelineVersion === pipeline.declaration.version &&
    target.stageStatuses.get(stage) === "Succeeded"
  );
}

/** Notes a retry of a stage; the counts are those that GetPipelineState shows. */
export function countRetry(
  execution: ExecutionRecord,
  stage: string,
  trigger: "AutomatedStageRetry" | "ManualStageRetry",
): void {
  const before = execution.retries.get(stage);
  const count = (attempts: number | undefined, counted: boolean): number | undefined =>
    counted ? (attempts ?? 0) + 1 : attempts;
  execution.retries.set(stage, {
    autoStageRetryAttempt: count(before?.autoStageRetryAttempt, trigger === "AutomatedStageRetry"),
    manualStageRetryAttempt: count(before?.manualStageRetryAttempt, trigger === "ManualStageRetry"),
    latestRetryTrigger: trigger,
    lastAttempt: new Date(),
  });
}

/** The newest attempt of each action. */
export function latestOfEach(actions: readonly ActionRecord[]): ActionRecord[] {
  return [...new Map(actions.map((action) => [action.declaration.name!, action])).values()];
}

/** The actions of a stage that need not run again. */
export function succeededActions(execution: ExecutionRecord, stage: string): string[] {
  return latestOfEach(execution.actions.filter((action) => action.stageName === stage))
    .filter((action) => action.status === "Succeeded")
    .map((action) => action.declaration.name!);
}
