import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { Bucket } from "../constructs/shared/bucket";
import { AwsStack, type AwsStackConfiguration } from "./aws-stack";

/** The bucket that holds every state, this stack's own included: `npm run bootstrap` makes it and moves that in. */
export class StateStack extends AwsStack {
  constructor(scope: Construct, id: string, configuration: AwsStackConfiguration) {
    super(scope, id, configuration);
    const bucket = new Bucket(this, "States", {
      bucketName: configuration.stateBucket,
      // AWS's key in this account: a key of ours would be in a state that only it can open
      encryption: "kms",
      // no version expires: a state is a few kilobytes, and any of them may be the one to return to
      // whoever loses it loses track of everything; the very last step of leaving says so explicitly
      preventDestroy: true,
    });
    new TerraformOutput(this, "StateBucket", { value: bucket.bucketName });
  }
}
