import { Testing } from "cdktf";
import { AwsStack } from "../../stacks/aws-stack";
import { configuration } from "../support/configuration";
import { synthesizeStack } from "../support/synthesized";

const { document } = synthesizeStack(new AwsStack(Testing.app(), "shop-anything", configuration()));

describe("every stack", () => {
  test("may touch the configured account only, and tags what it makes", () => {
    expect(document["provider"]?.["aws"]).toEqual([
      {
        region: "eu-west-1",
        allowed_account_ids: ["111122223333"],
        default_tags: [{ tags: { Application: "shop" } }],
      },
    ]);
  });

  test("keeps its state under its own key in the bucket, encrypted and with S3's own lock", () => {
    expect(document["terraform"]?.["backend"]).toEqual({
      s3: {
        bucket: "shop-states",
        key: "shop/shop-anything.tfstate",
        region: "eu-west-1",
        encrypt: true,
        use_lockfile: true,
        allowed_account_ids: ["111122223333"],
      },
    });
  });

  test("takes the provider from 5.100.0 on, by its full name", () => {
    expect(document["terraform"]?.["required_providers"]).toEqual({
      aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" },
    });
  });
});
