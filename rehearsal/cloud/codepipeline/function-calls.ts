import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { pause } from "../instances/every";
import { ActionFailure, interruption } from "./action-failure";
import type { WorkContext } from "./actions/action-runner";
import type { JobBoard, JobResult, JobSubject } from "./jobs";
import type { ArtifactRecord } from "./records";

/**
 * Invokes a function with a job, and again with its continuation token as long as it is not done.
 * @param progress is told every answer
 * @throws ActionFailure with the function's own reason
 */
export async function callFunction(
  context: WorkContext,
  jobs: JobBoard,
  subject: JobSubject,
  outputArtifacts: readonly ArtifactRecord[],
  progress: (result: JobResult) => void,
): Promise<JobResult> {
  const functionName = context.configuration.FunctionName;
  if (!functionName) throw new ActionFailure("ConfigurationError", "FunctionName is required");
  const lambda = new LambdaClient(context.cloud.clientOptions(context.credentials));
  let continuationToken: string | undefined;
  for (;;) {
    const job = jobs.post(subject);
    await lambda.send(
      new InvokeCommand({
        FunctionName: functionName,
        InvocationType: "Event",
        Payload: Buffer.from(JSON.stringify(jobEvent(context, outputArtifacts, job.id, continuationToken))),
      }),
    );
    const result = await jobs.result(job, context.abandoned);
    progress(result);
    if (result.outcome === "failure")
      throw new ActionFailure(
        result.failureType ?? "JobFailed",
        result.message ?? "",
        result.externalExecutionId,
      );
    if (result.continuationToken === undefined) return result;
    continuationToken = result.continuationToken;
    await pause(jobs.continuationSeconds * 1000, context.abandoned);
    if (context.abandoned.aborted) throw interruption(context.abandoned);
  }
}

/**
 * One array of the artifacts, each with where it is.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
 */
function jobEvent(
  context: WorkContext,
  outputArtifacts: readonly ArtifactRecord[],
  id: string,
  continuationToken: string | undefined,
): object {
  const { encryptionKey } = context.execution.declaration.artifactStore ?? {};
  return {
    "CodePipeline.job": {
      id,
      accountId: context.cloud.accountId,
      data: {
        actionConfiguration: { configuration: context.configuration },
        inputArtifacts: context.inputArtifacts.map((artifact) => ({
          ...placed(artifact),
          revision: artifact.revision?.id ?? null,
        })),
        outputArtifacts: outputArtifacts.map((artifact) => ({ ...placed(artifact), revision: null })),
        // of the action's own role, where it has one
        artifactCredentials: context.credentials,
        ...(continuationToken === undefined ? {} : { continuationToken }),
        ...(encryptionKey ? { encryptionKey } : {}),
      },
    },
  };
}

const placed = ({ name, bucket, key }: ArtifactRecord) => ({
  name,
  location: { type: "S3", s3Location: { bucketName: bucket, objectKey: key } },
});
