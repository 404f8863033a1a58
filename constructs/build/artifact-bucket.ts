import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Bucket } from "../shared/bucket";
import type { EncryptionKey } from "../shared/encryption-key";
import type { Grantee } from "../shared/role";

const handsOver =
  "the local cloud's pipeline tells every action where its input is; CodePipeline asks to be able to read it as well";

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

  /** What CodePipeline and CodeBuild ask for: https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html */
  grantReadWrite(grantee: Grantee): void {
    grantee.allow({
      actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      resources: [`${this.arn}/*`],
      unusedInRehearsal: {
        "s3:GetObject": handsOver,
        "s3:GetObjectVersion":
          "AWS names the version of an artifact that it reads, the local cloud only its key",
      },
    });
    grantee.allow({
      actions: ["s3:GetBucketLocation", "s3:GetBucketVersioning"],
      resources: [this.arn],
      unusedInRehearsal: {
        "s3:GetBucketLocation": "AWS looks for the bucket's region, the local cloud has one endpoint",
        "s3:GetBucketVersioning": "AWS checks that artifacts have versions, the local cloud does not",
      },
    });
    this.key.grantEncryptDecrypt(grantee, { "kms:Decrypt": handsOver });
  }

  /** For whoever looks for objects by prefix, as a component's S3Download does. */
  grantList(grantee: Grantee): void {
    grantee.allow({
      actions: ["s3:ListBucket"],
      resources: [this.arn],
      unusedInRehearsal: { "s3:ListBucket": "the local cloud fetches the one object that a component names" },
    });
  }
}
