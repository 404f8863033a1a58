import { GetBucketAclCommand, GetBucketLocationCommand, S3Client } from "@aws-sdk/client-s3";
import type { Cloud, RoleCredentials } from "../cloud";
import { PhaseFailure } from "./phase-failure";
import type { BuildSettings } from "./records";

/**
 * Asks, with the project's role, whose the buckets of a build are and where they lie.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html#troubleshooting-calling-bucket-error
 * @throws PhaseFailure when the role may not know
 */
export async function checkBucketOwners(
  cloud: Cloud,
  credentials: RoleCredentials,
  settings: BuildSettings,
): Promise<void> {
  const s3 = new S3Client({ ...cloud.clientOptions(credentials), forcePathStyle: true });
  try {
    for (const Bucket of bucketsOf(settings)) {
      await s3.send(new GetBucketLocationCommand({ Bucket }));
      await s3.send(new GetBucketAclCommand({ Bucket }));
    }
  } catch (error) {
    throw new PhaseFailure(
      "CLIENT_ERROR",
      `Error calling GetBucketAcl: Either the bucket owner has changed or the service role no longer has permission to called s3:GetBucketAcl: ${(error as Error).message}`,
    );
  } finally {
    s3.destroy();
  }
}

function bucketsOf({ pipeline, cache }: BuildSettings): ReadonlySet<string> {
  const cached = cache.type === "S3" ? cache.location?.replace(/^arn:[\w-]+:s3:::/, "").split("/")[0] : "";
  const named = [pipeline?.source.bucket, pipeline?.output?.bucket, cached];
  return new Set(named.filter((bucket): bucket is string => Boolean(bucket)));
}
