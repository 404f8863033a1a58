import type {
  GetPipelineExecutionInput,
  GetPipelineExecutionOutput,
  ListPipelineExecutionsInput,
  ListPipelineExecutionsOutput,
  StartPipelineExecutionInput,
  StartPipelineExecutionOutput,
  StopPipelineExecutionInput,
  StopPipelineExecutionOutput,
} from "@aws-sdk/client-codepipeline";
import { page } from "../../api/page";
import type { Call, Operation, Permission } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import type { PipelineEngine } from "../engine";
import type { ExecutionRecord, PipelineRecord } from "../records";
import type { PipelineStore } from "../store";

/** Executions of a QUEUED pipeline that may wait at a time. https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const maximumExecutions = 50;

/** Starting, stopping and reading executions. */
export function executionOperations(store: PipelineStore, engine: PipelineEngine) {
  const started = new Map<string, string>();
  const on =
    (operation: string) =>
    (input: { name?: string | undefined; pipelineName?: string | undefined }): Permission[] => [
      { action: `codepipeline:${operation}`, resource: store.arnOf((input.name ?? input.pipelineName)!) },
    ];

  const startPipelineExecution: Operation<StartPipelineExecutionInput, StartPipelineExecutionOutput> = {
    permissions: on("StartPipelineExecution"),
    run({ name, variables, sourceRevisions, clientRequestToken }, call) {
      const pipeline = store.get(name!);
      checkVariables(pipeline, variables ?? []);
      const token = clientRequestToken && `${name}/${clientRequestToken}`;
      const before = token ? started.get(token) : undefined;
      if (before) return { pipelineExecutionId: before };
      if (
        pipeline.declaration.executionMode !== "SUPERSEDED" &&
        pipeline.executions.filter((execution) => execution.status === "InProgress").length >=
          maximumExecutions
      )
        throw new ServiceError(
          "ConcurrentPipelineExecutionsLimitExceededException",
          `The pipeline ${name} has reached the limit of ${maximumExecutions} concurrent executions`,
        );
      const execution = engine.start(pipeline, {
        trigger: triggerOf(call),
        variables: new Map((variables ?? []).map((variable) => [variable.name!, variable.value!])),
        revisions: new Map(
          (sourceRevisions ?? []).map((revision) => [revision.actionName!, revision.revisionValue!]),
        ),
      });
      if (token) started.set(token, execution.id);
      return { pipelineExecutionId: execution.id };
    },
  };
  const stopPipelineExecution: Operation<StopPipelineExecutionInput, StopPipelineExecutionOutput> = {
    permissions: on("StopPipelineExecution"),
    run({ pipelineName, pipelineExecutionId, abandon, reason }) {
      const pipeline = store.get(pipelineName!);
      const execution = pipeline.executions.find((candidate) => candidate.id === pipelineExecutionId);
      if (!execution || (execution.status !== "InProgress" && execution.status !== "Stopping"))
        throw new ServiceError(
          "PipelineExecutionNotStoppableException",
          `The pipeline execution ${pipelineExecutionId} of ${pipelineName} can't be stopped`,
        );
      if (execution.stop && (execution.stop.abandon || !abandon))
        throw new ServiceError(
          "DuplicatedStopRequestException",
          `The execution ${pipelineExecutionId} is stopping already`,
        );
      engine.stop(pipeline, execution, abandon ?? false, reason);
      return { pipelineExecutionId: execution.id };
    },
  };
  const getPipelineExecution: Operation<GetPipelineExecutionInput, GetPipelineExecutionOutput> = {
    permissions: on("GetPipelineExecution"),
    run({ pipelineName, pipelineExecutionId }) {
      const pipeline = store.get(pipelineName!);
      const execution = store.execution(pipeline, pipelineExecutionId!);
      return {
        pipelineExecution: {
          pipelineName,
          pipelineVersion: execution.pipelineVersion,
          pipelineExecutionId: execution.id,
          status: execution.status,
          statusSummary: execution.statusSummary,
          artifactRevisions: [...execution.artifacts.values()].flatMap(({ name, revision }) =>
            revision
              ? [
                  {
                    name,
                    revisionId: revision.id,
                    revisionSummary: revision.summary,
                    created: revision.created,
                  },
                ]
              : [],
          ),
          variables: [...execution.pipelineVariables].map(([name, resolvedValue]) => ({
            name,
            resolvedValue,
          })),
          trigger: execution.trigger,
          executionMode: execution.declaration.executionMode,
          executionType: execution.type,
          rollbackMetadata: rollbackOf(execution),
        },
      };
    },
  };
  const listPipelineExecutions: Operation<ListPipelineExecutionsInput, ListPipelineExecutionsOutput> = {
    permissions: on("ListPipelineExecutions"),
    run({ pipelineName, filter, maxResults, nextToken }) {
      const stage = filter?.succeededInStage?.stageName;
      const found = store
        .get(pipelineName!)
        .executions.filter((execution) => !stage || execution.stageStatuses.get(stage) === "Succeeded");
      const executions = found.map((execution) => ({
        pipelineExecutionId: execution.id,
        status: execution.status,
        statusSummary: execution.statusSummary,
        startTime: execution.startTime,
        lastUpdateTime: execution.lastUpdateTime,
        sourceRevisions: execution.sourceRevisions,
        trigger: execution.trigger,
        stopTrigger: execution.stop ? { reason: execution.stop.reason } : undefined,
        executionMode: execution.declaration.executionMode,
        executionType: execution.type,
        rollbackMetadata: rollbackOf(execution),
      }));
      const { items, next } = page(executions, nextToken, maxResults ?? 100, "InvalidNextTokenException");
      return { pipelineExecutionSummaries: items, nextToken: next };
    },
  };
  return {
    StartPipelineExecution: startPipelineExecution,
    StopPipelineExecution: stopPipelineExecution,
    GetPipelineExecution: getPipelineExecution,
    ListPipelineExecutions: listPipelineExecutions,
  };
}

/** @throws ServiceError ValidationException when a variable is not declared */
function checkVariables(pipeline: PipelineRecord, given: readonly { name?: string | undefined }[]): void {
  const declared = pipeline.declaration.variables ?? [];
  const unknown = given.find(({ name }) => !declared.some((variable) => variable.name === name));
  if (unknown)
    throw new ServiceError(
      "ValidationException",
      `Pipeline ${pipeline.declaration.name} has no variable ${unknown.name}`,
    );
}

/** EventBridge calls with the role of its rule; everybody else starts by hand. */
function triggerOf(call: Call): {
  triggerType: "CloudWatchEvent" | "StartPipelineExecution";
  triggerDetail: string;
} {
  const byRule = call.caller.arn.includes(":assumed-role/") && call.caller.arn.endsWith("/eventbridge");
  return {
    triggerType: byRule ? "CloudWatchEvent" : "StartPipelineExecution",
    triggerDetail: call.caller.arn,
  };
}

const rollbackOf = (execution: ExecutionRecord): { rollbackTargetPipelineExecutionId: string } | undefined =>
  execution.rollbackTargetId ? { rollbackTargetPipelineExecutionId: execution.rollbackTargetId } : undefined;
