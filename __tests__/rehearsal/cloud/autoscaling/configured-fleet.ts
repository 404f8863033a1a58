import {
  type AutoScalingGroup,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  type InstanceRefresh,
  type RefreshPreferences,
  StartInstanceRefreshCommand,
} from "@aws-sdk/client-auto-scaling";
import { Testing } from "cdktf";
import type { EnvironmentConfiguration } from "../../../../config/configuration";
import { FleetStack } from "../../../../stacks/fleet-stack";
import { PipelineStack } from "../../../../stacks/pipeline-stack";
import { configuration, production, stubBundles } from "../../../support/configuration";
import { synthesizeStack, type Synthesized } from "../../../support/synthesized";
import { until } from "../../../support/until";
import { alarmInput } from "../cloudwatch/alarm-input";
import { ToyCloud } from "../instances/toy-cloud";
import { loadBalancerArn, targetGroupArn } from "../instances/toy-emulator";
import { Load } from "./load";

const name = { AutoScalingGroupName: "hello" };
const ended = ["Successful", "Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"];

/** A fleet of toy machines, set up, watched and refreshed as the stacks of a configuration say, under load. */
export class ConfiguredFleet {
  readonly cloud = new ToyCloud();
  load!: Load;
  private readonly fleet: Synthesized;
  private readonly pipeline: Synthesized;

  constructor(environment: Partial<EnvironmentConfiguration>) {
    const one = { ...production, ...environment };
    const all = configuration({ environments: [one] });
    this.fleet = synthesizeStack(new FleetStack(Testing.app(), all, one));
    this.pipeline = synthesizeStack(new PipelineStack(Testing.app(), all, stubBundles()));
  }

  /** Two instances of version 1 serve. @param speed seconds of AWS in one real second */
  async start(speed: number): Promise<void> {
    this.configureTargetGroup();
    await this.cloud.start(speed);
    for (const alarm of Object.values(this.fleet.resources("aws_cloudwatch_metric_alarm"))) {
      const input = alarmInput(JSON.parse(toToy(JSON.stringify(alarm))) as typeof alarm);
      await this.cloud.alarms.put(input);
    }
    const group = this.fleet.resource("aws_autoscaling_group");
    await this.cloud.client().send(
      new CreateAutoScalingGroupCommand({
        ...name,
        LaunchTemplate: { LaunchTemplateName: "hello", Version: "1" },
        MinSize: Number(group["min_size"]),
        MaxSize: Number(group["max_size"]),
        DesiredCapacity: production.capacity.desired,
        VPCZoneIdentifier: "subnet-a,subnet-b",
        TargetGroupARNs: [targetGroupArn],
        HealthCheckType: String(group["health_check_type"]),
        HealthCheckGracePeriod: Number(group["health_check_grace_period"]),
        DefaultInstanceWarmup: Number(group["default_instance_warmup"]),
      }),
    );
    await until(
      () => this.cloud.elb.targetGroups.get(targetGroupArn)?.count("healthy"),
      (healthy) => healthy === 2,
    );
    await until(
      () => this.cloud.elb.addressOf(loadBalancerArn),
      (address) => address !== undefined,
    );
    this.load = new Load(this.cloud);
  }

  async end(): Promise<void> {
    await this.load?.stop();
    await this.cloud.end();
  }

  /** Starts the refresh to version 2, as roll-out does. */
  async rollOut(): Promise<void> {
    await this.cloud.client().send(
      new StartInstanceRefreshCommand({
        ...name,
        Strategy: "Rolling",
        DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: "hello", Version: "2" } },
        Preferences: this.preferences(),
      }),
    );
  }

  async refresh(): Promise<InstanceRefresh> {
    const found = await this.cloud.client().send(new DescribeInstanceRefreshesCommand(name));
    return found.InstanceRefreshes![0]!;
  }

  /** Waits until the refresh is so. @returns when that was: real milliseconds */
  async refreshIs(holds: (refresh: InstanceRefresh) => boolean, milliseconds = 40_000): Promise<number> {
    await until(() => this.refresh(), holds, milliseconds);
    return Date.now();
  }

  outcome(milliseconds = 40_000): Promise<InstanceRefresh> {
    return until(
      () => this.refresh(),
      ({ Status }) => ended.includes(Status!),
      milliseconds,
    );
  }

  async group(): Promise<AutoScalingGroup> {
    const { AutoScalingGroups } = await this.cloud
      .client()
      .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["hello"] }));
    return AutoScalingGroups![0]!;
  }

  /** Versions of the instances in service. */
  async versions(): Promise<string[]> {
    const { Instances = [] } = await this.group();
    const inService = Instances.filter(({ LifecycleState }) => LifecycleState === "InService");
    return inService.map(({ LaunchTemplate }) => LaunchTemplate!.Version!).sort();
  }

  private preferences(): RefreshPreferences {
    const functions = Object.values(this.pipeline.resources("aws_lambda_function"));
    const rollOut = functions.find(({ function_name }) => function_name === "shop-production-roll-out");
    const { variables } = rollOut!["environment"] as { variables: Record<string, string> };
    return JSON.parse(variables["REFRESH_PREFERENCES"]!) as RefreshPreferences;
  }

  private configureTargetGroup(): void {
    const targets = this.fleet.resource("aws_lb_target_group");
    const check = targets["health_check"] as Record<string, unknown>;
    Object.assign(this.cloud.emulator.targetGroup, {
      interval: check["interval"],
      timeout: check["timeout"],
      healthy: check["healthy_threshold"],
      unhealthy: check["unhealthy_threshold"],
      deregistrationDelay: targets["deregistration_delay"],
    });
  }
}

/** With the toy emulator's only load balancer and target group. */
function toToy(text: string): string {
  return text
    .replaceAll(/\$\{aws_lb\.\w+\.arn_suffix\}/g, loadBalancerArn.split(":loadbalancer/")[1]!)
    .replaceAll(/\$\{aws_lb_target_group\.\w+\.arn_suffix\}/g, targetGroupArn.split(":").at(-1)!);
}
