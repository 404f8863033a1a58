import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { placeArtifact } from "../artifacts";
import { callFunction } from "../function-calls";
import type { JobBoard } from "../jobs";
import type { ActionContext, ActionResult, ActionRunner } from "./action-runner";

/**
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html; that the action's role has to be
 * allowed to list functions, or the action fails, stands at
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
 */
export function invokeLambda(jobs: JobBoard): ActionRunner {
  return async (context: ActionContext): Promise<ActionResult> => {
    const { action, pipeline, execution, cloud, credentials } = context;
    await new LambdaClient(cloud.clientOptions(credentials)).send(new ListFunctionsCommand({}));
    const subject = {
      actionTypeId: action.declaration.actionTypeId,
      configuration: context.configuration,
      pipelineContext: {
        pipelineName: execution.declaration.name,
        pipelineArn: pipeline.arn,
        pipelineExecutionId: execution.id,
        stage: { name: action.stageName },
        action: { name: action.declaration.name, actionExecutionId: action.id },
      },
    };
    const outputArtifacts = (action.declaration.outputArtifacts ?? []).map(({ name }) =>
      placeArtifact(execution.declaration.artifactStore!, execution.declaration.name!, name!),
    );
    const result = await callFunction(context, jobs, subject, outputArtifacts, (result) => {
      action.summary = result.summary ?? action.summary;
      action.externalExecutionId = result.externalExecutionId ?? action.externalExecutionId;
      action.lastUpdateTime = new Date();
    });
    return { outputVariables: result.outputVariables, summary: result.summary, outputArtifacts };
  };
}
