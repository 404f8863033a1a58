import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { configurationError, jobFailed } from "../shared/action-failure";
import { clientOptions } from "../shared/clients";
import type { ArtifactLocation, Job } from "../shared/job";
import { artifactLimits } from "./artifact";

/** Reads the job's input artifact, as the pipeline: its role reaches the bucket and the key, ours does not. */
export async function downloadArtifact(
  { artifactCredentials }: Job,
  artifact: ArtifactLocation,
): Promise<Uint8Array> {
  if (!artifactCredentials)
    throw configurationError("the event of CodePipeline lacks data.artifactCredentials");
  const s3 = new S3Client({
    ...clientOptions,
    credentials: artifactCredentials,
    // a local endpoint has no name for each bucket
    forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined,
  });
  const { Body, ContentLength = 0 } = await s3.send(
    new GetObjectCommand({ Bucket: artifact.bucket, Key: artifact.key }),
  );
  const size = `${ContentLength} bytes; allowed: ${artifactLimits.archiveBytes}`;
  if (ContentLength > artifactLimits.archiveBytes)
    throw jobFailed(`the artifact ${uriOf(artifact)} has ${size}`);
  if (!Body) throw jobFailed(`the artifact ${uriOf(artifact)} is empty`);
  return Body.transformToByteArray();
}

export function onlyArtifact({ inputArtifacts }: Job): ArtifactLocation {
  const [artifact, ...others] = inputArtifacts;
  if (artifact && others.length === 0) return artifact;
  throw configurationError(
    `the action has ${inputArtifacts.length} input artifacts; expected: the build's, alone`,
  );
}

export function uriOf({ bucket, key }: ArtifactLocation): string {
  return `s3://${bucket}/${key}`;
}
