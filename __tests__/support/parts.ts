import type { Construct } from "constructs";
import { ArtifactBucket } from "../../constructs/build/artifact-bucket";
import { EncryptionKey } from "../../constructs/shared/encryption-key";
import { FunctionBundles } from "../../constructs/shared/function-bundles";
import { Role } from "../../constructs/shared/role";
import { accountId, region, stubBundles } from "./configuration";

/** What most constructs are given. */
export const testKey = (scope: Construct): EncryptionKey =>
  new EncryptionKey(scope, "Key", { aliasName: "shop", description: "test", accountId, region });

export const testBundles = (scope: Construct): FunctionBundles =>
  new FunctionBundles(scope, "Bundles", { directory: stubBundles() });

export const testArtifacts = (scope: Construct, key = testKey(scope)): ArtifactBucket =>
  new ArtifactBucket(scope, "Artifacts", { bucketName: "shop-artifacts", key });

export const testRole = (scope: Construct, id = "Somebody"): Role =>
  new Role(scope, id, {
    roleName: `shop-${id.toLowerCase()}`,
    description: "Somebody who is granted things",
    assumedBy: { service: "ec2.amazonaws.com" },
  });
