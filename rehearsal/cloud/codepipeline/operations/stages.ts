import type {
  ActionState,
  DisableStageTransitionInput,
  EnableStageTransitionInput,
  GetPipelineStateInput,
  GetPipelineStateOutput,
  PutApprovalResultInput,
  PutApprovalResultOutput,
  RetryStageExecutionInput,
  RetryStageExecutionOutput,
  RollbackStageInput,
  RollbackStageOutput,
  StageDeclaration,
  StageState,
} from "@aws-sdk/client-codepipeline";
import type { Operation, Permission } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import type { Approvals } from "../actions/approval-manual";
import type { PipelineEngine } from "../engine";
import type { PipelineRecord } from "../records";
import type { PipelineStore } from "../store";

type StageInput = { pipelineName?: string | undefined; stageName?: string | undefined };

/** What is done to one stage: looking, opening and closing, retrying, rolling back, approving. */
export function stageOperations(store: PipelineStore, engine: PipelineEngine, approvals: Approvals) {
  const onStage =
    (operation: string) =>
    (input: StageInput): Permission[] => [
      {
        action: `codepipeline:${operation}`,
        resource: `${store.arnOf(input.pipelineName!)}/${input.stageName}`,
      },
    ];

  const getPipelineState: Operation<GetPipelineStateInput, GetPipelineStateOutput> = {
    permissions: ({ name }) => [{ action: "codepipeline:GetPipelineState", resource: store.arnOf(name!) }],
    run({ name }) {
      const pipeline = store.get(name!);
      return {
        pipelineName: name,
        pipelineVersion: pipeline.declaration.version,
        stageStates: pipeline.declaration.stages!.map((stage) => stageState(pipeline, stage)),
        created: pipeline.created,
        updated: pipeline.updated,
      };
    },
  };
  const enableStageTransition: Operation<EnableStageTransitionInput, void> = {
    permissions: onStage("EnableStageTransition"),
    run({ pipelineName, stageName }) {
      const stage = store.stage(store.get(pipelineName!), stageName!);
      stage.transition = { enabled: true };
      stage.lock.setOpen(true);
    },
  };
  const disableStageTransition: Operation<DisableStageTransitionInput, void> = {
    permissions: onStage("DisableStageTransition"),
    run({ pipelineName, stageName, reason }, call) {
      const stage = store.stage(store.get(pipelineName!), stageName!);
      stage.transition = {
        enabled: false,
        disabledReason: reason,
        lastChangedAt: new Date(),
        lastChangedBy: call.caller.arn,
      };
      stage.lock.setOpen(false);
    },
  };
  const retryStageExecution: Operation<RetryStageExecutionInput, RetryStageExecutionOutput> = {
    permissions: onStage("RetryStageExecution"),
    run({ pipelineName, stageName, pipelineExecutionId, retryMode }) {
      const pipeline = store.get(pipelineName!);
      const { latest } = store.stage(pipeline, stageName!);
      if (latest?.pipelineExecutionId !== pipelineExecutionId)
        throw new ServiceError(
          "NotLatestPipelineExecutionException",
          `The execution ${pipelineExecutionId} is not the latest of stage ${stageName}`,
        );
      if (latest?.status !== "Failed" && latest?.status !== "Stopped")
        throw new ServiceError(
          "StageNotRetryableException",
          `Stage ${stageName} is ${latest?.status}: nothing to retry`,
        );
      const execution = store.execution(pipeline, pipelineExecutionId!);
      engine.retryStage(pipeline, execution, stageName!, retryMode!);
      return { pipelineExecutionId: execution.id };
    },
  };
  const rollbackStage: Operation<RollbackStageInput, RollbackStageOutput> = {
    permissions: onStage("RollbackStage"),
    run({ pipelineName, stageName, targetPipelineExecutionId }) {
      const pipeline = store.get(pipelineName!);
      store.stage(pipeline, stageName!);
      const target = store.execution(pipeline, targetPipelineExecutionId!);
      if (target.pipelineVersion !== pipeline.declaration.version)
        throw new ServiceError(
          "PipelineExecutionOutdatedException",
          `The execution ${target.id} ran with version ${target.pipelineVersion} of the pipeline, which is now ${pipeline.declaration.version}`,
        );
      if (
        target.stageStatuses.get(stageName!) !== "Succeeded" ||
        pipeline.declaration.executionMode === "PARALLEL"
      )
        throw new ServiceError(
          "UnableToRollbackStageException",
          `Stage ${stageName} can't be rolled back to ${target.id}`,
        );
      return { pipelineExecutionId: engine.rollbackStage(pipeline, stageName!, target).id };
    },
  };
  const putApprovalResult: Operation<PutApprovalResultInput, PutApprovalResultOutput> = {
    permissions: (input) => [
      {
        action: "codepipeline:PutApprovalResult",
        resource: `${store.arnOf(input.pipelineName!)}/${input.stageName}/${input.actionName}`,
      },
    ],
    run({ pipelineName, stageName, actionName, token, result }, call) {
      const pipeline = store.get(pipelineName!);
      store.stage(pipeline, stageName!);
      const action = pipeline.executions
        .flatMap((execution) => execution.actions)
        .find((candidate) => candidate.stageName === stageName && candidate.declaration.name === actionName);
      if (!action)
        throw new ServiceError("ActionNotFoundException", `Stage ${stageName} has no action ${actionName}`);
      const answer = {
        approved: result!.status === "Approved",
        summary: result!.summary ?? "",
        by: call.caller.arn,
      };
      if (!approvals.answer(token!, answer))
        throw new ServiceError("InvalidApprovalTokenException", `The approval token ${token} is not valid`);
      return { approvedAt: new Date() };
    },
  };
  return {
    GetPipelineState: getPipelineState,
    EnableStageTransition: enableStageTransition,
    DisableStageTransition: disableStageTransition,
    RetryStageExecution: retryStageExecution,
    RollbackStage: rollbackStage,
    PutApprovalResult: putApprovalResult,
  };
}

function stageState(pipeline: PipelineRecord, stage: StageDeclaration): StageState {
  const record = pipeline.stages.get(stage.name!)!;
  const waiting = record.lock.queue.map((pipelineExecutionId) => ({
    pipelineExecutionId,
    status: "InProgress" as const,
    type: "STANDARD" as const,
  }));
  return {
    stageName: stage.name,
    inboundExecution: waiting[0],
    inboundExecutions: waiting,
    inboundTransitionState: record.transition,
    actionStates: stage.actions!.map((action) => actionState(pipeline, stage.name!, action.name!)),
    latestExecution: record.latest,
  };
}

function actionState(pipeline: PipelineRecord, stageName: string, actionName: string): ActionState {
  const latest = pipeline.executions
    .flatMap((execution) => execution.actions)
    .filter((action) => action.stageName === stageName && action.declaration.name === actionName)
    .sort((a, b) => b.startTime.getTime() - a.startTime.getTime())[0];
  if (!latest) return { actionName };
  return {
    actionName,
    currentRevision: revisionOf(latest.outputArtifacts[0]),
    latestExecution: {
      actionExecutionId: latest.id,
      status: latest.status,
      summary: latest.summary,
      lastStatusChange: latest.lastUpdateTime,
      token: latest.token,
      lastUpdatedBy: latest.updatedBy,
      externalExecutionId: latest.externalExecutionId,
      externalExecutionUrl: latest.externalExecutionUrl,
      errorDetails: latest.error,
    },
  };
}

const revisionOf = (
  artifact: { revision?: { id: string; created: Date } } | undefined,
): { revisionId: string; revisionChangeId: string; created: Date } | undefined =>
  artifact?.revision && {
    revisionId: artifact.revision.id,
    revisionChangeId: artifact.revision.id,
    created: artifact.revision.created,
  };
