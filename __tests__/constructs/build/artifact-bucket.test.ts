import { testArtifacts, testRole } from "../../support/parts";
import { allows, rolesOf } from "../../support/roles";
import { synthesizeConstruct } from "../../support/synthesized";

const stack = synthesizeConstruct((scope) => {
  const artifacts = testArtifacts(scope);
  artifacts.grantRead(testRole(scope, "Reader"));
  artifacts.grantReadWrite(testRole(scope, "Writer"));
  artifacts.grantStore(testRole(scope, "Store"));
});
const roleNamed = (name: string) => {
  const found = rolesOf(stack).find((role) => role.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("the artifact bucket", () => {
  test("is encrypted with the key that is given", () => {
    expect(stack.resource("aws_s3_bucket_server_side_encryption_configuration")["rule"]).toMatchObject([
      {
        apply_server_side_encryption_by_default: { kms_master_key_id: expect.stringMatching(/aws_kms_key/) },
      },
    ]);
  });

  test("lets artifacts expire after 90 days", () => {
    expect(stack.resource("aws_s3_bucket_lifecycle_configuration")["rule"]).toMatchObject([
      { expiration: [{ days: 90 }] },
    ]);
  });

  test.each([
    ["s3:GetObject", true, true],
    ["s3:PutObject", false, true],
    ["s3:DeleteObject", false, false],
  ])("%s: reader %s, writer %s", async (action, reads, writes) => {
    const object = "arn:aws:s3:::shop-artifacts/shop/Source/1";
    expect(await allows(roleNamed("shop-reader"), action, object)).toBe(reads);
    expect(await allows(roleNamed("shop-writer"), action, object)).toBe(writes);
    expect(await allows(roleNamed("shop-store"), action, object)).toBe(writes);
  });

  test.each([
    ["s3:GetBucketLocation", true, true],
    ["s3:GetBucketAcl", true, true],
    ["s3:GetBucketVersioning", false, true],
    ["s3:ListBucket", false, false],
    ["s3:PutBucketAcl", false, false],
  ])("%s: writer %s, store %s", async (action, writes, stores) => {
    const bucket = "arn:aws:s3:::shop-artifacts";
    expect(await allows(roleNamed("shop-reader"), action, bucket)).toBe(false);
    expect(await allows(roleNamed("shop-writer"), action, bucket)).toBe(writes);
    expect(await allows(roleNamed("shop-store"), action, bucket)).toBe(stores);
  });
});
