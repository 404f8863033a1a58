import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { BucketEncryption } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { privateBucket } from "./private-bucket";
import { settings } from "./settings";

export class StateStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const bucket = privateBucket(this, "States", {
      bucketName: settings.stateBucket,
      encryption: BucketEncryption.KMS_MANAGED,
      expires: false,
    });
    new CfnOutput(this, "StateBucket", { value: bucket.bucketName });
  }
}
