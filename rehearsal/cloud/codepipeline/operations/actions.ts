import type { ListActionExecutionsInput, ListActionExecutionsOutput } from "@aws-sdk/client-codepipeline";
import { page } from "../../api/page";
import type { Operation } from "../../api/service";
import { latestOfEach } from "../execution";
import type { ActionRecord, ExecutionRecord } from "../records";
import type { PipelineStore } from "../store";
import { artifactLocation } from "../views";

/** Reading what the actions of executions did. */
export function actionOperations(store: PipelineStore) {
  const listActionExecutions: Operation<ListActionExecutionsInput, ListActionExecutionsOutput> = {
    permissions: store.onPipeline("ListActionExecutions"),
    run({ pipelineName, filter, maxResults, nextToken }) {
      const pipeline = store.get(pipelineName!);
      const latestOnly = filter?.latestInPipelineExecution?.startTimeRange === "Latest";
      const details = store
        .executions(pipeline, filter)
        .flatMap((execution) =>
          [...(latestOnly ? latestOfEach(execution.actions) : execution.actions)]
            .reverse()
            .map((action) => actionDetail(execution, action)),
        );
      const { items, next } = page(details, nextToken, maxResults ?? 100, "InvalidNextTokenException");
      return { actionExecutionDetails: items, nextToken: next };
    },
  };
  return { ListActionExecutions: listActionExecutions };
}

function actionDetail(execution: ExecutionRecord, action: ActionRecord) {
  const { declaration } = action;
  return {
    pipelineExecutionId: execution.id,
    actionExecutionId: action.id,
    pipelineVersion: execution.pipelineVersion,
    stageName: action.stageName,
    actionName: declaration.name,
    startTime: action.startTime,
    lastUpdateTime: action.lastUpdateTime,
    updatedBy: action.updatedBy,
    status: action.status,
    input: {
      actionTypeId: declaration.actionTypeId,
      configuration: declaration.configuration,
      resolvedConfiguration: action.resolvedConfiguration,
      roleArn: declaration.roleArn,
      region: declaration.region,
      namespace: declaration.namespace,
      inputArtifacts: action.inputArtifacts.map(artifactLocation),
    },
    output: {
      outputArtifacts: action.outputArtifacts.map(artifactLocation),
      outputVariables: action.outputVariables,
      executionResult: {
        externalExecutionId: action.externalExecutionId,
        externalExecutionSummary: action.summary,
        externalExecutionUrl: action.externalExecutionUrl,
        errorDetails: action.error,
      },
    },
  };
}
