import type {
  GetPipelineStateInput,
  GetPipelineStateOutput,
  PutApprovalResultInput,
  PutApprovalResultOutput,
  RetryStageExecutionInput,
  RetryStageExecutionOutput,
  RollbackStageInput,
  RollbackStageOutput,
} from "@aws-sdk/client-codepipeline";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import type { Approvals } from "../actions/approval-manual";
import type { PipelineEngine } from "../engine";
import { isRollbackTarget, succeededActions } from "../execution";
import type { ExecutionRecord, PipelineRecord } from "../records";
import type { PipelineStore } from "../store";
import { stageState } from "../views";

/** What is done to one stage: looking, retrying, rolling back, approving. */
export function stageOperations(store: PipelineStore, engine: PipelineEngine, approvals: Approvals) {
  const getPipelineState: Operation<GetPipelineStateInput, GetPipelineStateOutput> = {
    permissions: store.onPipeline("GetPipelineState"),
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
  const retryStageExecution: Operation<RetryStageExecutionInput, RetryStageExecutionOutput> = {
    permissions: store.onStage("RetryStageExecution"),
    run({ pipelineName, stageName, pipelineExecutionId, retryMode }) {
      const pipeline = store.get(pipelineName!);
      const execution = store.latestOfStage(pipeline, stageName!, pipelineExecutionId!);
      const reason = notRetryable(pipeline, execution, stageName!, retryMode!);
      if (reason)
        throw new ServiceError(
          "StageNotRetryableException",
          `Stage ${stageName} can't be retried: ${reason}`,
        );
      engine.retryStage(pipeline, execution, stageName!, retryMode!);
      return { pipelineExecutionId: execution.id };
    },
  };
  const rollbackStage: Operation<RollbackStageInput, RollbackStageOutput> = {
    permissions: store.onStage("RollbackStage"),
    run({ pipelineName, stageName, targetPipelineExecutionId }, call) {
      const pipeline = store.get(pipelineName!);
      store.stage(pipeline, stageName!);
      const target = store.execution(pipeline, targetPipelineExecutionId!);
      if (target.pipelineVersion !== pipeline.declaration.version)
        throw new ServiceError(
          "PipelineExecutionOutdatedException",
          `The execution ${target.id} ran with version ${target.pipelineVersion} of the pipeline, which is now ${pipeline.declaration.version}`,
        );
      if (!isRollbackTarget(pipeline, stageName!, target))
        throw new ServiceError(
          "UnableToRollbackStageException",
          `Stage ${stageName} can't be rolled back to ${target.id}`,
        );
      return { pipelineExecutionId: engine.rollbackStage(pipeline, stageName!, target, call.caller.arn).id };
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
      const stage = pipeline.declaration.stages!.find(({ name }) => name === stageName)!;
      if (!stage.actions!.some(({ name }) => name === actionName))
        throw new ServiceError("ActionNotFoundException", `Stage ${stageName} has no action ${actionName}`);
      const answer = {
        approved: result!.status === "Approved",
        summary: result!.summary ?? "",
        by: call.caller.arn,
      };
      approvals.answer(stageName!, actionName!, token!, answer);
      return { approvedAt: new Date() };
    },
  };
  return {
    GetPipelineState: getPipelineState,
    RetryStageExecution: retryStageExecution,
    RollbackStage: rollbackStage,
    PutApprovalResult: putApprovalResult,
  };
}

/**
 * Why a stage has nothing to retry.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-retry.html
 */
function notRetryable(
  pipeline: PipelineRecord,
  execution: ExecutionRecord,
  stage: string,
  mode: "FAILED_ACTIONS" | "ALL_ACTIONS",
): string | undefined {
  const status = pipeline.stages.get(stage)!.latest?.status;
  if (status !== "Failed" && status !== "Stopped") return `it is ${status}`;
  if (execution.status === "InProgress" || execution.status === "Stopping")
    return `the execution ${execution.id} is ${execution.status}`;
  if (execution.pipelineVersion !== pipeline.declaration.version)
    return "the structure of the pipeline has changed since";
  const actions = pipeline.declaration.stages!.find(({ name }) => name === stage)!.actions!;
  const allDone = succeededActions(execution, stage).length === actions.length;
  return mode === "FAILED_ACTIONS" && allDone ? "it has no failed actions" : undefined;
}
