import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  type InstanceRefresh,
} from "@aws-sdk/client-auto-scaling";
import { DescribeLaunchTemplateVersionsCommand, type EC2Client } from "@aws-sdk/client-ec2";

export interface FleetInstance {
  readonly id: string;
  readonly inService: boolean;
  /** Version of the release launch template that it was started from. */
  readonly templateVersion: string;
}

/** A fleet at one moment. */
export interface FleetState {
  readonly desired: number;
  readonly templateVersion: string;
  readonly instances: readonly FleetInstance[];
}

/** The group and its releases, as a drill looks at them. */
export class FleetView {
  constructor(
    private readonly autoScaling: AutoScalingClient,
    private readonly ec2: EC2Client,
    readonly groupName: string,
    private readonly releaseTemplate: string,
  ) {}

  async state(): Promise<FleetState> {
    const { AutoScalingGroups } = await this.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [this.groupName] }),
    );
    const [group] = AutoScalingGroups ?? [];
    if (!group) throw new Error(`the group ${this.groupName} does not exist`);
    return {
      desired: group.DesiredCapacity!,
      templateVersion: group.LaunchTemplate!.Version!,
      instances: (group.Instances ?? []).map(instanceOf),
    };
  }

  async newestRefresh(): Promise<InstanceRefresh | undefined> {
    const { InstanceRefreshes } = await this.autoScaling.send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: this.groupName }),
    );
    return InstanceRefreshes?.[0];
  }

  /** Releases by the number of their launch template version; the first one, Terraform's, has none. */
  async releases(): Promise<ReadonlyMap<string, string>> {
    const { LaunchTemplateVersions } = await this.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: this.releaseTemplate }),
    );
    const numbered = (LaunchTemplateVersions ?? []).filter(({ VersionNumber }) => VersionNumber! > 1);
    return new Map(
      numbered.map(({ VersionNumber, VersionDescription }) => [
        String(VersionNumber),
        VersionDescription ?? "",
      ]),
    );
  }

  async defaultVersion(): Promise<string> {
    const { LaunchTemplateVersions } = await this.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({
        LaunchTemplateName: this.releaseTemplate,
        Versions: ["$Default"],
      }),
    );
    return String(LaunchTemplateVersions![0]!.VersionNumber);
  }
}

function instanceOf({
  InstanceId,
  LifecycleState,
  LaunchTemplate,
}: NonNullable<AutoScalingGroup["Instances"]>[number]): FleetInstance {
  return {
    id: InstanceId!,
    inService: LifecycleState === "InService",
    templateVersion: LaunchTemplate!.Version!,
  };
}

/** The instances of a state, in an order that can be compared. */
export const instanceIds = ({ instances }: FleetState): string =>
  instances
    .map(({ id }) => id)
    .sort()
    .join(", ");
