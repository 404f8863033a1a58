import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";

/** A private bucket: versioned, encrypted, TLS only, no ACLs. */
export function privateBucket(
  scope: Construct,
  id: string,
  props: { bucketName: string; encryption: BucketEncryption; key?: IKey; expires: boolean },
): Bucket {
  return new Bucket(scope, id, {
    bucketName: props.bucketName,
    encryption: props.encryption,
    encryptionKey: props.key,
    bucketKeyEnabled: props.encryption !== BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
    lifecycleRules: props.expires
      ? [
          {
            expiration: Duration.days(90),
            noncurrentVersionExpiration: Duration.days(7),
            abortIncompleteMultipartUploadAfter: Duration.days(7),
          },
        ]
      : [],
  });
}
