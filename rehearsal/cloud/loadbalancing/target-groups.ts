import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
  type TargetGroup as TargetGroupRecord,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Clock } from "../instances/clock";
import { type PortOf, TargetGroup, type TargetGroupSettings } from "./target-group";

/** Every target group that the emulator has, at work. */
export class TargetGroups {
  private readonly groups = new Map<string, TargetGroup>();

  constructor(
    private readonly elb: ElasticLoadBalancingV2Client,
    private readonly clock: Clock,
    private readonly portOf: PortOf,
  ) {}

  get(arn: string): TargetGroup | undefined {
    return this.groups.get(arn);
  }

  all(): readonly TargetGroup[] {
    return [...this.groups.values()];
  }

  /** The group, read from the emulator when it is new. */
  async find(arn: string): Promise<TargetGroup | undefined> {
    if (!this.groups.has(arn)) await this.follow();
    return this.groups.get(arn);
  }

  /** Takes over what was created, changed and deleted in the emulator. */
  async follow(): Promise<void> {
    const found = await this.elb.send(new DescribeTargetGroupsCommand({}));
    const records = found.TargetGroups ?? [];
    const settings = await Promise.all(records.map((record) => this.settingsOf(record)));
    records.forEach((record, index) => this.set(record.TargetGroupArn!, settings[index]!));
    const known = new Set(records.map((record) => record.TargetGroupArn));
    for (const [arn, group] of this.groups) {
      if (known.has(arn)) continue;
      group.close();
      this.groups.delete(arn);
    }
  }

  close(): void {
    for (const group of this.groups.values()) group.close();
  }

  private set(arn: string, settings: TargetGroupSettings): void {
    const group = this.groups.get(arn);
    if (group) group.settings = settings;
    else this.groups.set(arn, new TargetGroup(arn, settings, this.clock, this.portOf));
  }

  private async settingsOf(record: TargetGroupRecord): Promise<TargetGroupSettings> {
    const attributes = await this.elb
      .send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: record.TargetGroupArn! }))
      .catch(() => undefined);
    const delay = attributes?.Attributes?.find(
      ({ Key }) => Key === "deregistration_delay.timeout_seconds",
    )?.Value;
    return {
      port: record.Port ?? 80,
      healthCheckPath: record.HealthCheckPath ?? "/",
      matcher: record.Matcher?.HttpCode ?? "200",
      intervalSeconds: record.HealthCheckIntervalSeconds ?? 30,
      timeoutSeconds: record.HealthCheckTimeoutSeconds ?? 5,
      healthyThreshold: record.HealthyThresholdCount ?? 5,
      unhealthyThreshold: record.UnhealthyThresholdCount ?? 2,
      deregistrationDelaySeconds: Number(delay ?? 300),
    };
  }
}
