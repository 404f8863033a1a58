import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Lazy, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { acceptFindings } from "./accepted-finding";
import { resourcePolicy, type ResourceStatement } from "./policy-document";

export interface BucketProps {
  readonly bucketName: string;
  readonly encryption: BucketEncryption;
  /** How long a version is kept that was overwritten or deleted; undefined: for ever, with the reason beside it. */
  readonly noncurrentExpirationDays?: number;
  /** How long an object is kept, where versions expire; undefined: for ever. */
  readonly expirationDays?: number;
  /** Refuse to destroy it as long as this setting stands. */
  readonly preventDestroy?: boolean;
}

/**
 * Who holds the key: a key of ours; AWS, in KMS, which the account's roles may use through S3; or S3 alone, for services
 * that can write to no other bucket.
 */
export type BucketEncryption = { readonly keyArn: string } | "kms" | "s3";

/** A private bucket: versioned, encrypted, TLS only, no ACLs. Destroying it destroys what it holds. */
export class Bucket extends Construct {
  readonly bucketName: string;
  readonly arn: string;
  /** What must be in place before the bucket is used. */
  readonly settings: ITerraformDependable[];
  private readonly statements: ResourceStatement[] = [];

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    const resource = new S3Bucket(this, "Resource", {
      bucket: props.bucketName,
      // one `destroy` leaves nothing: the objects are made by services, so nobody else could remove them
      forceDestroy: true,
      ...(props.preventDestroy ? { lifecycle: { preventDestroy: true } } : {}),
    });
    acceptFindings(resource, {
      CKV_AWS_18:
        "every access is by a role of this account, which CloudTrail records; a log bucket would need its own log",
      CKV_AWS_144:
        "everything in it can be made anew from the repository, so a second region adds cost and no safety",
      CKV2_AWS_62: "nothing acts on single objects",
      ...(props.encryption === "s3"
        ? { CKV_AWS_145: "the service that writes to it supports no other encryption than S3's own" }
        : {}),
    });
    this.bucketName = resource.bucket;
    this.arn = resource.arn;
    const block = this.blockPublicAccess();
    const versioning = new S3BucketVersioningA(this, "Versioning", {
      bucket: resource.bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    this.settings = [
      block,
      versioning,
      this.encrypt(props.encryption),
      this.disableAcls(),
      this.attachPolicy(block),
    ];
    if (props.noncurrentExpirationDays !== undefined)
      this.expire(props.noncurrentExpirationDays, props.expirationDays, versioning);
    else acceptFindings(resource, { CKV2_AWS_61: "every version is kept: they are small, and the way back" });
  }

  /** Lets a service in that no role of ours stands for. */
  allow(statement: ResourceStatement): void {
    this.statements.push(statement);
  }

  private blockPublicAccess(): S3BucketPublicAccessBlock {
    return new S3BucketPublicAccessBlock(this, "PublicAccess", {
      bucket: this.bucketName,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  }

  private encrypt(encryption: BucketEncryption): ITerraformDependable {
    const byDefault =
      encryption === "s3"
        ? { sseAlgorithm: "AES256" }
        : { sseAlgorithm: "aws:kms", ...(encryption === "kms" ? {} : { kmsMasterKeyId: encryption.keyArn }) };
    return new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
      bucket: this.bucketName,
      rule: [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: encryption !== "s3" }],
    });
  }

  private disableAcls(): ITerraformDependable {
    return new S3BucketOwnershipControls(this, "Ownership", {
      bucket: this.bucketName,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
  }

  private attachPolicy(block: ITerraformDependable): ITerraformDependable {
    this.statements.push({
      sid: "TlsOnly",
      effect: "Deny",
      principal: "*",
      actions: ["s3:*"],
      resources: [this.arn, `${this.arn}/*`],
      conditions: { Bool: { "aws:SecureTransport": "false" } },
    });
    return new S3BucketPolicy(this, "Policy", {
      bucket: this.bucketName,
      policy: Lazy.stringValue({ produce: () => resourcePolicy(this.statements) }),
      // S3 refuses two of these at the same time
      dependsOn: [block],
    });
  }

  private expire(noncurrentDays: number, days: number | undefined, versioning: ITerraformDependable): void {
    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      bucket: this.bucketName,
      rule: [
        {
          id: "expire",
          status: "Enabled",
          filter: [{ prefix: "" }],
          ...(days === undefined ? {} : { expiration: [{ days }] }),
          noncurrentVersionExpiration: [{ noncurrentDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      dependsOn: [versioning],
    });
  }
}
