import {
  type AutoScalingGroup,
  RollbackInstanceRefreshCommand,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeLaunchTemplateVersionsCommand,
  DescribeSubnetsCommand,
  ModifyLaunchTemplateCommand,
} from "@aws-sdk/client-ec2";
import { setTimeout as pause } from "node:timers/promises";
import type { Lab } from "../lab";

/** A group of at most one instance, without a load balancer. */
export class SweptGroup {
  constructor(
    private readonly lab: Lab,
    readonly name: string,
  ) {}

  async create(): Promise<void> {
    const { Subnets } = await this.lab.ec2.send(new DescribeSubnetsCommand({}));
    await this.lab.autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: this.name,
        LaunchTemplate: { LaunchTemplateName: this.name, Version: "1" },
        MinSize: 0,
        MaxSize: 2,
        DesiredCapacity: 0,
        VPCZoneIdentifier: Subnets![0]!.SubnetId,
      }),
    );
  }

  async set(version: string, DesiredCapacity: number): Promise<void> {
    await this.lab.autoScaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: this.name,
        LaunchTemplate: { LaunchTemplateName: this.name, Version: version },
        DesiredCapacity,
      }),
    );
    await this.lab.ec2.send(
      new ModifyLaunchTemplateCommand({ LaunchTemplateName: this.name, DefaultVersion: version }),
    );
    await this.steady();
  }

  /** Waits until nothing is under way and every instance is in service. */
  async steady(): Promise<void> {
    for (let waited = 0; waited < 20_000; waited += 50) {
      const { Instances = [], DesiredCapacity } = await this.describe();
      const serving = Instances.filter(({ LifecycleState }) => LifecycleState === "InService");
      const still = serving.length === Instances.length && serving.length === DesiredCapacity;
      if (still && !(await this.refreshes()).some(isUnderWay)) return;
      await pause(50);
    }
    throw new Error(`${this.name} does not come to rest`);
  }

  /** Rolls the refresh to a version back as soon as it is under way. */
  async rollBack(version: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const ours = (await this.refreshes()).filter((one) => targetOf(one) === version);
      if (ours.some(({ Status }) => Status === "InProgress"))
        await this.lab.autoScaling
          .send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: this.name }))
          .catch(() => undefined);
      await pause(50);
    }
  }

  async refreshesTo(version: string) {
    return (await this.refreshes()).filter((one) => targetOf(one) === version);
  }

  /** Where the group, its instances and the template's default stand, compared with a version. */
  async state(version: string): Promise<string[]> {
    const compare = (found?: string | number): string =>
      String(found) === version ? "the release" : Number(found) === 1 ? "the first" : "an older one";
    const { LaunchTemplate, Instances = [], DesiredCapacity } = await this.describe();
    const { LaunchTemplateVersions } = await this.lab.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: this.name, Versions: ["$Default"] }),
    );
    const alive = Instances.filter(({ LifecycleState }) => LifecycleState === "InService");
    return [
      `the group has ${compare(LaunchTemplate?.Version)}`,
      `${DesiredCapacity} wanted`,
      ...alive.map(({ LaunchTemplate: of }) => `an instance of ${compare(of?.Version)}`),
      `the default is ${compare(LaunchTemplateVersions?.[0]?.VersionNumber)}`,
    ];
  }

  private async describe(): Promise<AutoScalingGroup> {
    const { AutoScalingGroups } = await this.lab.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [this.name] }),
    );
    return AutoScalingGroups![0]!;
  }

  private async refreshes() {
    const { InstanceRefreshes } = await this.lab.autoScaling.send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: this.name }),
    );
    return InstanceRefreshes ?? [];
  }
}

type Refresh = Awaited<ReturnType<SweptGroup["refreshes"]>>[number];

const targetOf = ({ DesiredConfiguration }: Refresh) => DesiredConfiguration?.LaunchTemplate?.Version;
const isUnderWay = ({ Status }: Refresh): boolean =>
  ["Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking"].includes(Status ?? "");
