import { randomUUID } from "node:crypto";
import type { ActionDeclaration, StageDeclaration } from "@aws-sdk/client-codepipeline";
import type { Cloud } from "../cloud";
import type { Clock } from "../instances/clock";
import { ActionFailure, asFailure } from "./action-failure";
import type { ActionRunner } from "./actions/action-runner";
import type { PipelineEvents } from "./events";
import type { ActionRecord, ArtifactRecord, ExecutionRecord, PipelineRecord } from "./records";
import { credentialsFor } from "./role-credentials";
import { withinTime } from "./time-limit";
import { resolveConfiguration } from "./variables";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How long an action may take; a build has a time-out of its own.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
 */
const secondsOf: Readonly<Record<string, number>> = {
  "Approval/Manual": 7 * day,
  "Invoke/Lambda": 24 * hour,
  "Source/CodeCommit": 1 * hour,
};

/** Runs the actions of stages. */
export class ActionRun {
  constructor(
    private readonly cloud: Cloud,
    private readonly clock: Clock,
    /** by `Category/Provider` */
    private readonly runners: ReadonlyMap<string, ActionRunner>,
    private readonly events: PipelineEvents,
  ) {}

  async run(
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
      inputArtifacts: (declaration.inputArtifacts ?? []).flatMap(
        ({ name }) => execution.artifacts.get(name!) ?? [],
      ),
      outputArtifacts: [],
      outputVariables: {},
    };
    execution.actions.push(action);
    this.events.action(pipeline, execution, action, "STARTED");
    let end: "SUCCEEDED" | "FAILED" | "ABANDONED" = "SUCCEEDED";
    try {
      await this.perform(pipeline, execution, action);
      action.status = "Succeeded";
    } catch (error) {
      const abandoned = execution.abandoned.signal.aborted;
      action.status = abandoned ? "Abandoned" : "Failed";
      end = abandoned ? "ABANDONED" : "FAILED";
      const failure = asFailure(error);
      action.error = { code: failure.code, message: failure.message };
      action.externalExecutionId = failure.externalExecutionId ?? action.externalExecutionId;
    }
    action.token = undefined;
    action.lastUpdateTime = new Date();
    this.events.action(pipeline, execution, action, end);
    return action.status;
  }

  private async perform(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    action: ActionRecord,
  ): Promise<void> {
    const { declaration, inputArtifacts } = action;
    const type = `${declaration.actionTypeId!.category}/${declaration.actionTypeId!.provider}`;
    requireAll(declaration.inputArtifacts ?? [], inputArtifacts);
    action.resolvedConfiguration = resolveConfiguration(
      declaration.configuration ?? {},
      execution,
      declaration.name!,
    );
    const role = await credentialsFor(this.cloud, execution, declaration.roleArn);
    const minutes = declaration.timeoutInMinutes;
    const seconds = minutes === undefined ? (secondsOf[type] ?? Infinity) : minutes * minute;
    const late = (): ActionFailure =>
      new ActionFailure(
        "TimedOut",
        `The action ${declaration.name} did not end in ${seconds / minute} minutes`,
      );
    const signal = AbortSignal.any([execution.abandoned.signal, this.cloud.signal]);
    const result = await withinTime(this.clock.milliseconds(seconds), late, signal, (abandoned) =>
      this.runners.get(type)!({
        cloud: this.cloud,
        pipeline,
        execution,
        action,
        inputArtifacts,
        configuration: action.resolvedConfiguration,
        ...role,
        abandoned,
      }),
    );
    action.outputVariables = { ...result.outputVariables };
    action.outputArtifacts = [...(result.outputArtifacts ?? [])];
    action.summary = result.summary ?? action.summary;
    action.externalExecutionId = result.externalExecutionId ?? action.externalExecutionId;
    action.externalExecutionUrl = result.externalExecutionUrl;
    for (const artifact of action.outputArtifacts) execution.artifacts.set(artifact.name, artifact);
    if (declaration.namespace) execution.namespaces.set(declaration.namespace, action.outputVariables);
  }
}

/** @throws ActionFailure */
function requireAll(
  declared: readonly { name?: string | undefined }[],
  found: readonly ArtifactRecord[],
): void {
  for (const { name } of declared)
    if (!found.some((artifact) => artifact.name === name))
      throw new ActionFailure("ConfigurationError", `The input artifact ${name} was not produced`);
}
