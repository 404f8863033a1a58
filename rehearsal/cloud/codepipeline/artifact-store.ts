import {
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  HeadObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { ActionFailure } from "./action-failure";
import type { ArtifactRecord } from "./records";

/**
 * Whose bucket it is, where it lies and whether it keeps versions: asked before an artifact goes into it.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
 * @throws ActionFailure when the role may not know
 */
export async function inspectArtifactStore(s3: S3Client, bucket: string): Promise<void> {
  await asRole(`Unable to access the Amazon S3 artifact bucket '${bucket}'.`, async () => {
    await s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
    await s3.send(new GetBucketAclCommand({ Bucket: bucket }));
    await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
  });
}

/**
 * An artifact with the version that it now has, or still has: a retry works on the very object that was made.
 * @throws ActionFailure when it is not there, or not for this role
 */
export async function findArtifact(s3: S3Client, artifact: ArtifactRecord): Promise<ArtifactRecord> {
  const { bucket, key, versionId } = artifact;
  const what = `Unable to access the artifact with Amazon S3 object key '${key}' located in the Amazon S3 artifact bucket '${bucket}'.`;
  const object = await asRole(what, () =>
    s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId })),
  );
  return { ...artifact, versionId: object.VersionId };
}

async function asRole<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { name, message } = error as Error;
    throw new ActionFailure(
      "PermissionError",
      `${what} The provided role does not have sufficient permissions: ${name}: ${message}`,
    );
  }
}
