import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Pace } from "../../pace";
import { ActionFailure } from "../action-failure";
import type { JobBoard, JobResult } from "../jobs";
import type { ActionContext, ActionResult, ActionRunner } from "./action-runner";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html */
export function invokeLambda(
  jobs: JobBoard,
  { continuationSeconds }: Pick<Pace, "continuationSeconds">,
): ActionRunner {
  return async (context: ActionContext): Promise<ActionResult> => {
    const functionName = context.configuration.FunctionName;
    if (!functionName) throw new ActionFailure("ConfigurationError", "FunctionName is required");
    const lambda = new LambdaClient(context.cloud.clientOptions(context.credentials));
    let continuationToken: string | undefined;
    for (;;) {
      const result = await invokeOnce(context, jobs, lambda, functionName, continuationToken);
      context.action.summary = result.summary ?? context.action.summary;
      context.action.externalExecutionId = result.externalExecutionId ?? context.action.externalExecutionId;
      context.action.lastUpdateTime = new Date();
      if (result.outcome === "failure")
        throw new ActionFailure(
          result.failureType ?? "JobFailed",
          result.message ?? "",
          result.externalExecutionId,
        );
      if (result.continuationToken === undefined)
        return { outputVariables: result.outputVariables, summary: result.summary };
      continuationToken = result.continuationToken;
      await pause(continuationSeconds * 1000, context.abandoned);
    }
  };
}

async function invokeOnce(
  context: ActionContext,
  jobs: JobBoard,
  lambda: LambdaClient,
  functionName: string,
  continuationToken: string | undefined,
): Promise<JobResult> {
  const { cloud, action, execution } = context;
  const job = jobs.post(context.pipeline, execution, action);
  // one array of the action's artifacts, each with where it is: the shape of the event is documented at
  // https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
  const event = {
    "CodePipeline.job": {
      id: job.id,
      accountId: cloud.accountId,
      data: {
        actionConfiguration: { configuration: context.configuration },
        inputArtifacts: action.inputArtifacts.map((artifact) => ({
          name: artifact.name,
          revision: artifact.revision?.id ?? null,
          location: { type: "S3", s3Location: { bucketName: artifact.bucket, objectKey: artifact.key } },
        })),
        outputArtifacts: [],
        // of the action's own role, where it has one
        artifactCredentials: context.credentials,
        ...(continuationToken === undefined ? {} : { continuationToken }),
        ...(execution.declaration.artifactStore?.encryptionKey
          ? { encryptionKey: execution.declaration.artifactStore.encryptionKey }
          : {}),
      },
    },
  };
  await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      InvocationType: "Event",
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );
  return jobs.result(job, context.abandoned);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new ActionFailure("Abandoned", "The execution was stopped and abandoned"));
    });
  });
}
