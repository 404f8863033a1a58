import {
  DescribeScalingActivitiesCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingClient,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { describeGroup } from "../shared/version-users";

/** The fleet's Auto Scaling group. */
export class Group {
  constructor(
    private readonly autoScaling: AutoScalingClient,
    private readonly loadBalancing: ElasticLoadBalancingV2Client,
    readonly name: string,
    private readonly releaseTemplate: string,
  ) {}

  describe(): Promise<AutoScalingGroup> {
    return describeGroup(this.autoScaling, this.name);
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

  /**
   * How many instances serve this version: in service, and healthy also for every load balancer. The group's own word is
   * not enough: during the grace period it calls an instance healthy whatever the load balancer says.
   */
  async serving(
    { Instances = [], TargetGroupARNs = [] }: AutoScalingGroup,
    version: string,
  ): Promise<number> {
    const answers = await Promise.all(TargetGroupARNs.map((arn) => this.healthyTargets(arn)));
    return Instances.filter(
      ({ InstanceId, LifecycleState, HealthStatus, LaunchTemplate }) =>
        LifecycleState === "InService" &&
        HealthStatus === "Healthy" &&
        LaunchTemplate?.Version === version &&
        answers.every((healthy) => healthy.has(InstanceId)),
    ).length;
  }

  private async healthyTargets(TargetGroupArn: string): Promise<ReadonlySet<string | undefined>> {
    const { TargetHealthDescriptions = [] } = await this.loadBalancing.send(
      new DescribeTargetHealthCommand({ TargetGroupArn }),
    );
    return new Set(TargetHealthDescriptions.filter(isHealthy).map(({ Target }) => Target?.Id));
  }
}

const isHealthy = ({ TargetHealth }: TargetHealthDescription): boolean => TargetHealth?.State === "healthy";
