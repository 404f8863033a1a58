import type { ApiModel } from "../api/model";
import type { Cloud, CloudPart } from "../cloud";
import { MetricStore } from "../cloudwatch/metric-store";
import type { Clock } from "../instances/clock";
import { every } from "../instances/every";
import { type Address, LoadBalancers } from "./load-balancers";
import { targetOperations } from "./operations";
import { publishMetrics } from "./publish-metrics";
import type { PortOf } from "./target-group";
import { TargetGroups } from "./target-groups";
import { TrafficCounts } from "./traffic-counts";

export interface LoadBalancingSettings {
  readonly cloud: Cloud;
  /** The API model `elbv2`. */
  readonly model: ApiModel;
  readonly clock: Clock;
  readonly portOf: PortOf;
}

export interface LoadBalancing extends CloudPart {
  readonly targetGroups: TargetGroups;
  /** What load balancers measure, for alarms. */
  readonly metrics: MetricStore;
  /** The loopback address that stands for a load balancer, by its ARN or DNS name. */
  addressOf(arnOrDnsName: string): Address | undefined;
  close(): Promise<void>;
}

/** How often the emulator's load balancers are looked at. */
const followMilliseconds = 1000;
/** How often metrics are published, in AWS's seconds: every period of an alarm has some, however fast the clock. */
const publishSeconds = 10;

/** Elastic Load Balancing's data plane: what it is configured to do is the emulator's, that it does it is ours. */
export function loadBalancing({ cloud, model, clock, portOf }: LoadBalancingSettings): LoadBalancing {
  const { elb } = cloud.backend;
  const counts = new TrafficCounts();
  const metrics = new MetricStore(clock);
  const targetGroups = new TargetGroups(elb, clock, portOf);
  const loadBalancers = new LoadBalancers(elb, targetGroups, counts, (text) => cloud.log("elb", text));
  const failed = (error: unknown): void => cloud.log("elb", String(error));
  const loops = [
    every(
      followMilliseconds,
      cloud.signal,
      async () => {
        await targetGroups.follow();
        await loadBalancers.follow();
      },
      failed,
    ),
    every(
      clock.milliseconds(publishSeconds),
      cloud.signal,
      async () => publishMetrics(metrics, loadBalancers, targetGroups, counts),
      failed,
    ),
  ];
  return {
    services: [{ name: "elasticloadbalancing", model, operations: targetOperations(targetGroups) }],
    targetGroups,
    metrics,
    addressOf: (arnOrDnsName) => loadBalancers.addressOf(arnOrDnsName),
    async close() {
      await Promise.all(loops);
      targetGroups.close();
      await loadBalancers.close();
    },
  };
}
