import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { Construct } from "constructs";
import type { LaunchTemplates } from "./launch-templates";

export interface ServerFleetProps {
  readonly autoScalingGroupName: string;
  readonly applicationName: string;
  readonly environmentName: string;
  readonly subnetIds: string[];
  readonly templates: LaunchTemplates;
  readonly maxSize: number;
  /** Undefined: instances are judged by EC2's status checks alone. */
  readonly targetGroupArn: string | undefined;
  readonly healthCheckGraceSeconds: number;
  readonly instanceWarmupSeconds: number;
}

/**
 * The Auto Scaling group. Terraform makes it empty; the first release starts it. From then on its launch template version is
 * the pipeline's, and its size is whoever's scales or stops it.
 */
export class ServerFleet extends Construct {
  constructor(scope: Construct, id: string, props: ServerFleetProps) {
    super(scope, id);
    new AutoscalingGroup(this, "Resource", {
      name: props.autoScalingGroupName,
      minSize: 0,
      maxSize: props.maxSize,
      desiredCapacity: 0,
      vpcZoneIdentifier: props.subnetIds,
      // a number, never $Latest: a rollback returns to what is saved here
      launchTemplate: { id: props.templates.releaseId, version: props.templates.releaseDefaultVersion },
      ...(props.targetGroupArn === undefined
        ? { healthCheckType: "EC2" }
        : { healthCheckType: "ELB", targetGroupArns: [props.targetGroupArn] }),
      healthCheckGracePeriod: props.healthCheckGraceSeconds,
      defaultInstanceWarmup: props.instanceWarmupSeconds,
      enabledMetrics: [
        "GroupDesiredCapacity",
        "GroupInServiceInstances",
        "GroupPendingInstances",
        "GroupTerminatingInstances",
        "GroupTotalInstances",
      ],
      // for what Terraform itself changes; the launch template is not among it, and triggers nothing as long as it is ignored
      instanceRefresh: {
        strategy: "Rolling",
        preferences: {
          minHealthyPercentage: 100,
          maxHealthyPercentage: 200,
          skipMatching: true,
          scaleInProtectedInstances: "Refresh",
          standbyInstances: "Terminate",
        },
      },
      waitForCapacityTimeout: "0",
      // `destroy` ends the instances that run instead of waiting for somebody to scale to zero
      forceDelete: true,
      tag: [
        { key: "Application", value: props.applicationName, propagateAtLaunch: true },
        { key: "Environment", value: props.environmentName, propagateAtLaunch: true },
      ],
      lifecycle: { ignoreChanges: ["desired_capacity", "launch_template"] },
    });
  }
}
