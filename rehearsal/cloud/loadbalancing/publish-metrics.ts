import type { MetricStore } from "../cloudwatch/metric-store";
import type { LoadBalancers } from "./load-balancers";
import type { TargetGroups } from "./target-groups";
import { dimensions, type TrafficCounts } from "./traffic-counts";

const namespace = "AWS/ApplicationELB";

/**
 * Keeps what load balancers count, under AWS/ApplicationELB, so that alarms see it. As on AWS nothing counted is no
 * data point, and hosts are reported where targets are registered.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function publishMetrics(
  metrics: MetricStore,
  loadBalancers: LoadBalancers,
  targetGroups: TargetGroups,
  counts: TrafficCounts,
): void {
  const routes = loadBalancers.routes();
  const counted = [
    ...loadBalancers.arns().flatMap((arn) => counts.take(arn, undefined)),
    ...routes.flatMap(({ loadBalancerArn, targetGroupArn }) => counts.take(loadBalancerArn, targetGroupArn)),
  ];
  for (const { MetricName, Value = 0, Dimensions = [] } of counted)
    if (Value > 0) metrics.record({ namespace, name: MetricName!, dimensions: Dimensions }, Value);
  for (const { loadBalancerArn, targetGroupArn } of routes) {
    const group = targetGroups.get(targetGroupArn);
    if (!group?.all().some((target) => !target.draining)) continue;
    const ofGroup = dimensions(loadBalancerArn, targetGroupArn);
    const hosts = (name: string, count: number) =>
      metrics.record({ namespace, name, dimensions: ofGroup }, count);
    hosts("HealthyHostCount", group.count("healthy"));
    hosts("UnHealthyHostCount", group.count("unhealthy"));
  }
}
