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

  /** The newest version of an object: nobody but CodePipeline and CodeBuild names another. */
  grantRead(grantee: Grantee): void {
    grantee.allow({ actions: ["s3:GetObject"], resources: [`${this.arn}/*`] });
    this.key.grantDecrypt(grantee);
  }

  /**
   * What CodeBuild asks for: the objects, and whose bucket it is.
   * https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
   */
  grantReadWrite(grantee: Grantee): void {
    grantee.allow({
      actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      resources: [`${this.arn}/*`],
    });
    grantee.allow({ actions: ["s3:GetBucketAcl", "s3:GetBucketLocation"], resources: [this.arn] });
    this.key.grantEncryptDecrypt(grantee);
  }

  /**
   * What CodePipeline asks for beside that. It also documents `s3:PutObjectAcl`, which a bucket without ACLs has no use for.
   * https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
   */
  grantStore(grantee: Grantee): void {
    this.grantReadWrite(grantee);
    grantee.allow({ actions: ["s3:GetBucketVersioning"], resources: [this.arn] });
  }
}
