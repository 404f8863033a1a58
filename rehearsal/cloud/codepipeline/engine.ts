import { randomUUID } from "node:crypto";
import type { ActionDeclaration, ExecutionTrigger, StageDeclaration } from "@aws-sdk/client-codepipeline";
import type { Cloud } from "../cloud";
import { ActionFailure } from "./action-failure";
import type { ActionRunner } from "./actions/action-runner";
import { PipelineEvents } from "./events";
import type { ActionRecord, ExecutionRecord, PipelineRecord } from "./records";
import { resolveConfiguration } from "./variables";

export interface StartSettings {
  readonly trigger: ExecutionTrigger;
  readonly variables?: ReadonlyMap<string, string>;
  readonly revisions?: ReadonlyMap<string, string>;
}

/**
 * Carries executions through the stages of their pipelines.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
 */
export class PipelineEngine {
  private readonly events: PipelineEvents;

  constructor(
    private readonly cloud: Cloud,
    /** by `Category/Provider` */
    private readonly runners: ReadonlyMap<string, ActionRunner>,
  ) {
    this.events = new PipelineEvents(cloud);
  }

  start(pipeline: PipelineRecord, settings: StartSettings): ExecutionRecord {
    const execution = newExecution(pipeline, settings, "STANDARD");
    pipeline.executions.unshift(execution);
    this.events.execution(pipeline, execution, "STARTED");
    void this.run(pipeline, execution, 0, []);
    return execution;
  }

  /** Runs the failed stage again: only its failed actions and what had not run, or all of them. */
  retryStage(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: string,
    mode: "FAILED_ACTIONS" | "ALL_ACTIONS",
  ): void {
    const index = execution.declaration.stages!.findIndex((candidate) => candidate.name === stage);
    const done =
      mode === "ALL_ACTIONS"
        ? []
        : latestOfEach(execution.actions.filter((action) => action.stageName === stage))
            .filter((action) => action.status === "Succeeded")
            .map((action) => action.declaration.name!);
    execution.status = "InProgress";
    this.events.execution(pipeline, execution, "RESUMED");
    void this.run(pipeline, execution, index, done);
  }

  /** Runs one stage again with what an earlier, successful execution brought through it. */
  rollbackStage(pipeline: PipelineRecord, stage: string, target: ExecutionRecord): ExecutionRecord {
    const execution: ExecutionRecord = {
      ...newExecution(
        pipeline,
        { trigger: { triggerType: "ManualRollback", triggerDetail: target.id } },
        "ROLLBACK",
      ),
      rollbackTargetId: target.id,
      artifacts: new Map(target.artifacts),
      namespaces: new Map(target.namespaces),
      sourceRevisions: [...target.sourceRevisions],
    };
    pipeline.executions.unshift(execution);
    this.events.execution(pipeline, execution, "STARTED");
    const index = execution.declaration.stages!.findIndex((candidate) => candidate.name === stage);
    void this.run(pipeline, execution, index, [], index);
    return execution;
  }

  stop(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    abandon: boolean,
    reason: string | undefined,
  ): void {
    execution.stop = { abandon, reason };
    execution.status = "Stopping";
    this.events.execution(pipeline, execution, "STOPPING");
    if (abandon)
      execution.abandoned.abort(new ActionFailure("Abandoned", "The execution was stopped and abandoned"));
    for (const stage of pipeline.stages.values()) stage.lock.withdraw(execution.id);
  }

  private async run(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    firstStage: number,
    doneActions: readonly string[],
    lastStage = execution.declaration.stages!.length - 1,
  ): Promise<void> {
    try {
      for (let index = firstStage; index <= lastStage; index++) {
        const stage = execution.declaration.stages![index]!;
        const outcome = await this.passStage(
          pipeline,
          execution,
          stage,
          index === firstStage ? doneActions : [],
        );
        if (outcome !== "Succeeded") return this.finish(pipeline, execution, outcome);
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

  private async passStage(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: StageDeclaration,
    doneActions: readonly string[],
  ): Promise<"Succeeded" | "Failed" | "Stopped" | "Superseded"> {
    const record = pipeline.stages.get(stage.name!)!;
    if (execution.stop) return "Stopped";
    const mode = execution.declaration.executionMode ?? "SUPERSEDED";
    const entry = await record.lock.enter(execution.id, mode);
    if (entry !== "entered") return entry === "superseded" ? "Superseded" : "Stopped";
    try {
      record.latest = { pipelineExecutionId: execution.id, status: "InProgress", type: execution.type };
      execution.stageStatuses.set(stage.name!, "InProgress");
      this.events.stage(pipeline, execution, stage.name!, doneActions.length > 0 ? "RESUMED" : "STARTED");
      const status = await this.runStage(pipeline, execution, stage, doneActions);
      record.latest = { ...record.latest, status };
      execution.stageStatuses.set(stage.name!, status);
      this.events.stage(pipeline, execution, stage.name!, status.toUpperCase() as Uppercase<typeof status>);
      if (status === "Failed") this.afterFailure(pipeline, execution, stage);
      return status;
    } finally {
      record.lock.leave(execution.id);
    }
  }

  private async runStage(
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
        actions.map((action) => this.runAction(pipeline, execution, stage, action)),
      );
      if (execution.stop && results.some((status) => status !== "Succeeded")) return "Stopped";
      if (results.some((status) => status !== "Succeeded")) return "Failed";
    }
    return "Succeeded";
  }

  private async runAction(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: StageDeclaration,
    declaration: ActionDeclaration,
  ): Promise<ActionRecord["status"]> {
    const action: ActionRecord = {
      id: randomUUID(),
      stageName: stage.name!,
      declaration,
      status: "InProgress",
      startTime: new Date(),
      lastUpdateTime: new Date(),
      resolvedConfiguration: {},
      inputArtifacts: [],
      outputArtifacts: [],
      outputVariables: {},
    };
    execution.actions.push(action);
    this.events.action(pipeline, execution, action, "STARTED");
    try {
      await this.perform(pipeline, execution, action);
      action.status = "Succeeded";
    } catch (error) {
      action.status = execution.abandoned.signal.aborted ? "Abandoned" : "Failed";
      const failure =
        error instanceof ActionFailure
          ? error
          : new ActionFailure(
              error instanceof Error ? error.name : "InternalError",
              String((error as Error).message),
            );
      action.error = { code: failure.code, message: failure.message };
      action.externalExecutionId = failure.externalExecutionId ?? action.externalExecutionId;
    }
    action.token = undefined;
    action.lastUpdateTime = new Date();
    this.events.action(
      pipeline,
      execution,
      action,
      action.status.toUpperCase() as Uppercase<typeof action.status>,
    );
    return action.status;
  }

  private async perform(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    action: ActionRecord,
  ): Promise<void> {
    const { declaration } = action;
    const { category, provider } = declaration.actionTypeId!;
    const runner = this.runners.get(`${category}/${provider}`)!;
    action.inputArtifacts = (declaration.inputArtifacts ?? []).map(({ name }) => {
      const artifact = execution.artifacts.get(name!);
      if (!artifact)
        throw new ActionFailure("ConfigurationError", `The input artifact ${name} was not produced`);
      return artifact;
    });
    action.resolvedConfiguration = resolveConfiguration(declaration.configuration ?? {}, execution);
    const pipelineRole = execution.declaration.roleArn!;
    const pipelineCredentials = await this.cloud.assumeRole(
      pipelineRole,
      "codepipeline.amazonaws.com",
      execution.id,
    );
    const result = await runner({
      cloud: this.cloud,
      pipeline,
      execution,
      action,
      configuration: action.resolvedConfiguration,
      credentials: declaration.roleArn
        ? await this.cloud.assumeRoleAs(pipelineCredentials, declaration.roleArn, execution.id)
        : pipelineCredentials,
      roleArn: declaration.roleArn ?? pipelineRole,
      abandoned: AbortSignal.any([execution.abandoned.signal, this.cloud.signal]),
    });
    action.outputVariables = { ...result.outputVariables };
    action.outputArtifacts = [...(result.outputArtifacts ?? [])];
    action.summary = result.summary ?? action.summary;
    action.externalExecutionId = result.externalExecutionId ?? action.externalExecutionId;
    action.externalExecutionUrl = result.externalExecutionUrl;
    for (const artifact of action.outputArtifacts) execution.artifacts.set(artifact.name, artifact);
    if (declaration.namespace) execution.namespaces.set(declaration.namespace, action.outputVariables);
  }

  /** What the stage's `onFailure` asks for. */
  private afterFailure(pipeline: PipelineRecord, execution: ExecutionRecord, stage: StageDeclaration): void {
    if (stage.onFailure?.result === "ROLLBACK" && execution.type === "STANDARD") {
      const target = pipeline.executions.find(
        (candidate) =>
          candidate.id !== execution.id &&
          candidate.pipelineVersion === execution.pipelineVersion &&
          candidate.stageStatuses.get(stage.name!) === "Succeeded",
      );
      if (target) setImmediate(() => this.rollbackStage(pipeline, stage.name!, target));
    }
    const retried =
      execution.actions.filter((action) => action.stageName === stage.name).length > stage.actions!.length;
    if (stage.onFailure?.result === "RETRY" && !retried)
      setImmediate(() =>
        this.retryStage(
          pipeline,
          execution,
          stage.name!,
          stage.onFailure!.retryConfiguration?.retryMode ?? "FAILED_ACTIONS",
        ),
      );
  }

  private finish(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    status: "Succeeded" | "Failed" | "Stopped" | "Superseded",
  ): void {
    execution.status = status;
    execution.lastUpdateTime = new Date();
    this.events.execution(pipeline, execution, status.toUpperCase() as Uppercase<typeof status>);
  }
}

function newExecution(
  pipeline: PipelineRecord,
  settings: StartSettings,
  type: "STANDARD" | "ROLLBACK",
): ExecutionRecord {
  const defaults = (pipeline.declaration.variables ?? []).map((variable): [string, string] => [
    variable.name!,
    variable.defaultValue ?? "",
  ]);
  return {
    id: randomUUID(),
    pipelineVersion: pipeline.declaration.version ?? 1,
    declaration: pipeline.declaration,
    status: "InProgress",
    trigger: settings.trigger,
    type,
    startTime: new Date(),
    lastUpdateTime: new Date(),
    pipelineVariables: new Map([...defaults, ...(settings.variables ?? [])]),
    requestedRevisions: settings.revisions ?? new Map(),
    sourceRevisions: [],
    artifacts: new Map(),
    namespaces: new Map(),
    actions: [],
    stageStatuses: new Map(),
    abandoned: new AbortController(),
  };
}

/** The newest attempt of each action. */
export function latestOfEach(actions: readonly ActionRecord[]): ActionRecord[] {
  return [...new Map(actions.map((action) => [action.declaration.name!, action])).values()];
}
