import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  type InstanceRefresh,
  type RefreshPreferences,
  StartInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DescribeImagesCommand,
  type EC2Client,
  type LaunchTemplateVersion,
  ModifyLaunchTemplateCommand,
  paginateDescribeLaunchTemplateVersions,
} from "@aws-sdk/client-ec2";
import { GetFunctionConfigurationCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { setTimeout as pause } from "node:timers/promises";
import type { EnvironmentNames } from "../config/names";
import { UserError } from "./user-error";

export interface RollbackClients {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly ec2: EC2Client;
  readonly lambda: LambdaClient;
}

export interface RollbackSettings {
  readonly names: EnvironmentNames;
  readonly say: (line: string) => void;
  readonly pauseMilliseconds: number;
}

/** Version of the release launch template that Terraform makes: there is no image in it. */
const unreleasedVersion = 1;
const underWay: readonly (string | undefined)[] = [
  "Pending",
  "InProgress",
  "Baking",
  "Cancelling",
  "RollbackInProgress",
];

/** Brings an earlier release back to a fleet: its image still exists, so nothing is built. */
export class FleetRollback {
  constructor(
    private readonly clients: RollbackClients,
    private readonly settings: RollbackSettings,
  ) {}

  /**
   * @param wanted version of a release; undefined: the one before the fleet's
   * @throws UserError when it can't begin, or when it fails
   */
  async perform(wanted: string | undefined): Promise<void> {
    const { names, say } = this.settings;
    const group = await this.group();
    await this.requireNoRefresh();
    const current = Number(group.LaunchTemplate?.Version);
    const releases = await this.releases();
    const target = chooseRelease(releases, current, wanted, names.autoScalingGroup);
    const image = await this.requireImage(target);
    const from =
      releases.find(({ VersionNumber }) => VersionNumber === current)?.VersionDescription ?? "none";
    say(`${names.autoScalingGroup}: from release ${from} back to ${target.VersionDescription} (${image})`);
    if (group.DesiredCapacity) await this.refresh(target);
    else await this.take(target);
    await this.clients.ec2.send(
      new ModifyLaunchTemplateCommand({
        LaunchTemplateName: names.releaseTemplate,
        DefaultVersion: String(target.VersionNumber),
      }),
    );
    say(
      group.DesiredCapacity
        ? `release ${target.VersionDescription} serves in ${names.autoScalingGroup} again`
        : `${names.autoScalingGroup} is stopped; it will start with release ${target.VersionDescription}`,
    );
  }

  private async group(): Promise<AutoScalingGroup> {
    const name = this.settings.names.autoScalingGroup;
    const { AutoScalingGroups } = await this.clients.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
    );
    const [group] = AutoScalingGroups ?? [];
    if (!group)
      throw new UserError(`the Auto Scaling group "${name}" does not exist; deploy its fleet stack first`);
    return group;
  }

  private async requireNoRefresh(): Promise<void> {
    const name = this.settings.names.autoScalingGroup;
    const { InstanceRefreshes } = await this.clients.autoScaling.send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: name }),
    );
    const current = InstanceRefreshes?.find(({ Status }) => underWay.includes(Status));
    if (!current) return;
    throw new UserError(
      `instance refresh "${current.InstanceRefreshId}" of ${name} is ${current.Status}; wait for its end, or roll it back: ` +
        `aws autoscaling rollback-instance-refresh --auto-scaling-group-name ${name}`,
    );
  }

  private async releases(): Promise<LaunchTemplateVersion[]> {
    const versions: LaunchTemplateVersion[] = [];
    const input = { LaunchTemplateName: this.settings.names.releaseTemplate };
    for await (const page of paginateDescribeLaunchTemplateVersions({ client: this.clients.ec2 }, input))
      versions.push(...(page.LaunchTemplateVersions ?? []));
    return versions.filter(({ VersionNumber }) => VersionNumber! > unreleasedVersion);
  }

  private async requireImage({
    LaunchTemplateData,
    VersionDescription,
  }: LaunchTemplateVersion): Promise<string> {
    const id = LaunchTemplateData?.ImageId ?? "none";
    // by filter: an id that does not exist is then an empty answer and no error
    const { Images } = await this.clients.ec2.send(
      new DescribeImagesCommand({ Filters: [{ Name: "image-id", Values: [id] }] }),
    );
    const state = Images?.[0]?.State ?? "deregistered";
    if (state === "available") return id;
    throw new UserError(
      `the image "${id}" of release ${VersionDescription} is ${state}, so nothing can be started from it; allowed: a release whose image is available`,
    );
  }

  /** A fleet that is stopped takes the release for when it is started. */
  private async take({ VersionNumber }: LaunchTemplateVersion): Promise<void> {
    const { autoScalingGroup, releaseTemplate } = this.settings.names;
    await this.clients.autoScaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: autoScalingGroup,
        LaunchTemplate: { LaunchTemplateName: releaseTemplate, Version: String(VersionNumber) },
      }),
    );
  }

  private async refresh({ VersionNumber }: LaunchTemplateVersion): Promise<void> {
    const { autoScalingGroup, releaseTemplate } = this.settings.names;
    const { InstanceRefreshId: id } = await this.clients.autoScaling.send(
      new StartInstanceRefreshCommand({
        AutoScalingGroupName: autoScalingGroup,
        Strategy: "Rolling",
        DesiredConfiguration: {
          LaunchTemplate: { LaunchTemplateName: releaseTemplate, Version: String(VersionNumber) },
        },
        Preferences: await this.preferences(),
      }),
    );
    const refresh = await this.follow(id!);
    if (refresh.Status === "Successful") return;
    throw new UserError(
      `instance refresh ${id} of ${autoScalingGroup} ended ${refresh.Status}: ${refresh.StatusReason ?? "EC2 Auto Scaling gave no reason"}`,
    );
  }

  /**
   * Those of the pipeline. An alarm that is in ALARM would not let a refresh start, and it may be what we are
   * here for: such a one is not watched.
   */
  private async preferences(): Promise<RefreshPreferences> {
    const name = this.settings.names.functionName("roll-out");
    const { Environment } = await this.clients.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: name }),
    );
    const text = Environment?.Variables?.["REFRESH_PREFERENCES"];
    if (text === undefined)
      throw new UserError(
        `the function "${name}" has no REFRESH_PREFERENCES; deploy the pipeline stack again`,
      );
    const { AlarmSpecification, ...preferences } = JSON.parse(text) as RefreshPreferences;
    const alarms = await this.withoutRaised(AlarmSpecification?.Alarms ?? []);
    return alarms.length === 0 ? preferences : { ...preferences, AlarmSpecification: { Alarms: alarms } };
  }

  private async withoutRaised(alarms: readonly string[]): Promise<string[]> {
    if (alarms.length === 0) return [];
    const { MetricAlarms = [], CompositeAlarms = [] } = await this.clients.cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: [...alarms],
        AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
        StateValue: "ALARM",
      }),
    );
    const raised = [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName);
    for (const alarm of raised)
      this.settings.say(`the alarm ${alarm} is in ALARM already and is not watched`);
    return alarms.filter((alarm) => !raised.includes(alarm));
  }

  private async follow(id: string): Promise<InstanceRefresh> {
    const { names, say, pauseMilliseconds } = this.settings;
    for (let said = ""; ; await pause(pauseMilliseconds)) {
      const { InstanceRefreshes } = await this.clients.autoScaling.send(
        new DescribeInstanceRefreshesCommand({
          AutoScalingGroupName: names.autoScalingGroup,
          InstanceRefreshIds: [id],
        }),
      );
      const refresh = InstanceRefreshes?.[0];
      if (!refresh)
        throw new UserError(`instance refresh "${id}" of ${names.autoScalingGroup} does not exist any more`);
      if (!underWay.includes(refresh.Status)) return refresh;
      const line = `instance refresh ${id} is ${refresh.Status}, ${refresh.PercentageComplete ?? 0} percent`;
      if (line !== said) say(line);
      said = line;
    }
  }
}

/** @throws UserError when there is no such release, or the fleet runs it */
export function chooseRelease(
  releases: readonly LaunchTemplateVersion[],
  current: number,
  wanted: string | undefined,
  fleet: string,
): LaunchTemplateVersion {
  const byNumber = [...releases].sort((a, b) => b.VersionNumber! - a.VersionNumber!);
  const others = byNumber.filter(({ VersionNumber }) => VersionNumber !== current);
  const names =
    others.map(({ VersionDescription }) => VersionDescription).join(", ") || "none, it has no other release";
  if (wanted === undefined) {
    const previous = others.find(({ VersionNumber }) => VersionNumber! < current);
    if (previous) return previous;
    throw new UserError(`${fleet} has no release before the one that it runs; allowed: ${names}`);
  }
  const found = byNumber.find(({ VersionDescription }) => VersionDescription === wanted);
  if (!found) throw new UserError(`${fleet} has no release "${wanted}"; allowed: ${names}`);
  if (found.VersionNumber === current)
    throw new UserError(`${fleet} runs release "${wanted}" already; allowed: ${names}`);
  return found;
}
