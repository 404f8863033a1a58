import type { Conditions } from "../shared/policy-document";

/**
 * Snapshots of these images. Image Builder tags what it makes with CreatedBy, by which AWS's own lifecycle policy selects
 * as well; where it also says which image a snapshot is of, that has to be one of these.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/security-iam-awsmanpol.html
 */
export function imageBuilderSnapshots(imageArns: readonly string[]): Conditions {
  return {
    StringEquals: { "aws:ResourceTag/CreatedBy": "EC2 Image Builder" },
    StringLikeIfExists: { "aws:ResourceTag/Ec2ImageBuilderArn": imageArns },
  };
}
