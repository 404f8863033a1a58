import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Configuration } from "../config/configuration";
import { Names } from "../config/names";

export type AwsStackConfiguration = Pick<Configuration, "name" | "region" | "accountId" | "stateBucket">;

/** What all stacks have in common: provider, default tags, where the state lies and how it is locked, versions. */
export class AwsStack extends TerraformStack {
  constructor(scope: Construct, id: string, configuration: AwsStackConfiguration) {
    super(scope, id);
    const { name, region, accountId, stateBucket } = configuration;
    new AwsProvider(this, "Aws", {
      region,
      allowedAccountIds: [accountId],
      defaultTags: [{ tags: { Application: name } }],
    });
    new S3Backend(this, {
      bucket: stateBucket,
      key: new Names(configuration).stateKey(id),
      region,
      encrypt: true,
      allowedAccountIds: [accountId],
    });
    // S3's own lock, instead of a table; cdktf's type of the backend does not know it yet
    this.addOverride("terraform.backend.s3.use_lockfile", true);
    // types are those of 6.25, arguments only those that 5.100 has as well; "aws" alone would not tell OpenTofu whose
    this.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: ">= 5.100.0, < 7.0.0",
    });
  }

  /**
   * cdktf renders every stack twice, the first time to find what one refers to in another. Ours agree on names instead, and
   * a test holds them to it; the second time is a quarter of the synthesis.
   */
  override prepareStack(): void {
    this.ensureBackendExists();
  }
}
