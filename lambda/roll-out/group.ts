import {
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingClient,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { jobFailed } from "../shared/action-failure";

/** The fleet's Auto Scaling group. */
export class Group {
  constructor(
    private readonly autoScaling: AutoScalingClient,
    readonly name: string,
    private readonly releaseTemplate: string,
  ) {}

  async describe(): Promise<AutoScalingGroup> {
    const { AutoScalingGroups: [group] = [] } = await this.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [this.name] }),
    );
    if (!group)
      throw jobFailed(`the Auto Scaling group ${this.name} does not exist; deploy its fleet stack first`);
    return group;
  }

  /** Takes a version of the release template for instances to come; with a size, starts or stops the fleet. */
  async take(version: string, DesiredCapacity?: number): Promise<void> {
    await this.autoScaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: this.name,
        LaunchTemplate: { LaunchTemplateName: this.releaseTemplate, Version: version },
        DesiredCapacity,
      }),
    );
  }

  /** What became of the newest attempt to change the group's size. */
  async newestActivity(): Promise<string> {
    const { Activities: [newest] = [] } = await this.autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: this.name, MaxRecords: 1 }),
    );
    if (!newest) return "there was no scaling activity";
    return `${newest.StatusCode}: ${newest.StatusMessage ?? newest.Description ?? newest.Cause}`;
  }
}

/** Instances that serve. */
export function healthyInstances({ Instances = [] }: AutoScalingGroup, version: string): number {
  return Instances.filter(
    ({ LifecycleState, HealthStatus, LaunchTemplate }) =>
      LifecycleState === "InService" && HealthStatus === "Healthy" && LaunchTemplate?.Version === version,
  ).length;
}
