import { Construct } from "constructs";
import { withdrawReleaseFunction } from "../../contract/functions";
import type { EncryptionKey } from "../shared/encryption-key";
import type { FunctionBundles } from "../shared/function-bundles";
import { usedAll, type Conditions } from "../shared/policy-document";
import { ExecutionFunction } from "./execution-function";
import type { NoticesTopic } from "./notices-topic";

/** See `Statement.usedByDrill`. */
const drill = "approval-rejected";

export interface ReleaseWithdrawalProps {
  readonly functionName: string;
  readonly environmentName: string;
  readonly pipelineName: string;
  readonly pipelineArn: string;
  readonly stageName: string;
  readonly autoScalingGroupName: string;
  readonly releaseTemplateName: string;
  readonly launchTemplateArns: string;
  /** What tells this environment's launch templates. */
  readonly ownTemplates: Conditions;
  readonly topic: NoticesTopic;
  readonly bundles: FunctionBundles;
  readonly key: EncryptionKey;
}

/**
 * Removes what was prepared in a stage that waits for an approval, when the execution ends there: rejected, out of time
 * (FAILED), stopped while it waited or after the answer (STOPPED), or the pipeline was changed meanwhile (CANCELED). No
 * newer execution supersedes one that waits for an approval: that holds the stage.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
 */
export class ReleaseWithdrawal extends Construct {
  constructor(scope: Construct, id: string, props: ReleaseWithdrawalProps) {
    super(scope, id);
    const withdrawRelease = new ExecutionFunction(this, "WithdrawRelease", {
      ...props,
      contract: withdrawReleaseFunction,
      description: `deletes what was prepared for ${props.environmentName} and will not be rolled out`,
      environment: {
        STAGE: props.stageName,
        AUTO_SCALING_GROUP: props.autoScalingGroupName,
        RELEASE_TEMPLATE: props.releaseTemplateName,
      },
      states: ["FAILED", "STOPPED", "CANCELED"],
      drill,
    });
    const looks = [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeInstanceRefreshes",
      "ec2:DescribeLaunchTemplateVersions",
    ];
    withdrawRelease.allow({
      actions: looks,
      everyResource: "neither service takes a resource for Describe actions",
      usedByDrill: usedAll(looks, drill),
    });
    const deletes = ["ec2:DeleteLaunchTemplateVersions"];
    withdrawRelease.allow({
      actions: deletes,
      resources: [props.launchTemplateArns],
      conditions: props.ownTemplates,
      usedByDrill: usedAll(deletes, drill),
    });
  }
}
