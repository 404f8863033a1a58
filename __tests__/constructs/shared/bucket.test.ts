import { Bucket, type BucketProps } from "../../../constructs/shared/bucket";
import { synthesizeConstruct } from "../../support/synthesized";

const made = (props: Partial<BucketProps> = {}) =>
  synthesizeConstruct(
    (scope) =>
      new Bucket(scope, "Bucket", {
        bucketName: "shop",
        encryption: "kms",
        noncurrentExpirationDays: 7,
        ...props,
      }),
  );

describe("a bucket", () => {
  const stack = made();

  test("is private", () => {
    expect(stack.resource("aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(stack.resource("aws_s3_bucket_ownership_controls")).toMatchObject({
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
  });

  test("refuses everybody without TLS", () => {
    expect(stack.policy(stack.resource("aws_s3_bucket_policy")["policy"]).Statement).toContainEqual({
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:*"],
      Resource: ["arn:aws:s3:::shop", "arn:aws:s3:::shop/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
  });

  test("keeps versions, and destroys them with itself", () => {
    expect(stack.resource("aws_s3_bucket_versioning")).toMatchObject({
      versioning_configuration: { status: "Enabled" },
    });
    expect(stack.resource("aws_s3_bucket")).toMatchObject({ force_destroy: true });
    expect(stack.resource("aws_s3_bucket")).not.toHaveProperty("lifecycle");
  });

  test("refuses to be destroyed where told so", () => {
    expect(made({ preventDestroy: true }).resource("aws_s3_bucket")).toMatchObject({
      lifecycle: { prevent_destroy: true },
    });
  });

  test.each([
    ["kms", { sse_algorithm: "aws:kms" }],
    ["s3", { sse_algorithm: "AES256" }],
    [
      { keyArn: "arn:aws:kms:eu-west-1:1:key/1" },
      { sse_algorithm: "aws:kms", kms_master_key_id: "arn:aws:kms:eu-west-1:1:key/1" },
    ],
  ] as const)("is encrypted with %j", (encryption, byDefault) => {
    expect(
      made({ encryption }).resource("aws_s3_bucket_server_side_encryption_configuration")["rule"],
    ).toEqual([expect.objectContaining({ apply_server_side_encryption_by_default: byDefault })]);
  });

  test("lets objects expire only where told how long they are kept", () => {
    const rule = (stack: ReturnType<typeof made>) =>
      stack.resource("aws_s3_bucket_lifecycle_configuration")["rule"];
    expect(rule(stack)).toEqual([expect.not.objectContaining({ expiration: expect.anything() })]);
    expect(rule(made({ expirationDays: 90 }))).toEqual([
      expect.objectContaining({ expiration: [{ days: 90 }] }),
    ]);
    expect(
      made({ noncurrentExpirationDays: undefined }).resources("aws_s3_bucket_lifecycle_configuration"),
    ).toEqual({});
  });

  test("lets a service in by a statement of its own", () => {
    const stack = synthesizeConstruct((scope) =>
      new Bucket(scope, "Bucket", { bucketName: "shop", encryption: "s3" }).allow({
        sid: "Delivery",
        effect: "Allow",
        principal: { Service: "logs.example.com" },
        actions: ["s3:PutObject"],
        resources: ["arn:aws:s3:::shop/logs/*"],
      }),
    );
    const sids = stack
      .policy(stack.resource("aws_s3_bucket_policy")["policy"])
      .Statement.map(({ Sid }) => Sid);
    expect(sids).toEqual(["TlsOnly", "Delivery"]);
  });
});
