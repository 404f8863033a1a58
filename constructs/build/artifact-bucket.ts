import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Bucket } from "../shared/bucket";
import type { EncryptionKey } from "../shared/encryption-key";
import type { Grantee } from "../shared/role";

export interface ArtifactBucketProps {
  readonly bucketName: string;
  readonly key: EncryptionKey;
  /** @default 90: older executions can't be retried, and a rollback needs the image, not the artifact */
  readonly expirationDays?: number;
}

/** What one action of this pipeline hands to the next, and the build's cache. No other pipeline writes here. */
export class ArtifactBucket extends Construct {
  readonly bucketName: string;
  readonly keyArn: string;
  /** What must be in place before the bucket is used. */
  readonly settings: readonly ITerraformDependable[];
  private readonly arn: string;
  private readonly key: EncryptionKey;

  constructor(scope: Construct, id: string, props: ArtifactBucketProps) {
    super(scope, id);
    const bucket = new Bucket(this, "Bucket", {
      bucketName: props.bucketName,
      encryption: { keyArn: props.key.arn },
      expirationDays: props.expirationDays ?? 90,
      noncurrentExpirationDays: 7,
    });
    this.bucketName = bucket.bucketName;
    this.arn = bucket.arn;
    this.key = props.key;
    this.keyArn = props.key.arn;
    this.settings = bucket.settings;
  }

  /** GetObjectVersion: CodePipeline and CodeBuild name the version of an artifact that they read. */
  grantRead(grantee: Grantee): void {
    grantee.allow({ actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [`${this.arn}/*`] });
    this.key.grantDecrypt(grantee);
  }

  grantReadWrite(grantee: Grantee): void {
    grantee.allow({
      actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      resources: [`${this.arn}/*`],
    });
    grantee.allow({ actions: ["s3:GetBucketLocation", "s3:GetBucketVersioning"], resources: [this.arn] });
    this.key.grantEncryptDecrypt(grantee);
  }

  /** For whoever looks for objects by prefix, as a component's S3Download does. */
  grantList(grantee: Grantee): void {
    grantee.allow({ actions: ["s3:ListBucket"], resources: [this.arn] });
  }
}
