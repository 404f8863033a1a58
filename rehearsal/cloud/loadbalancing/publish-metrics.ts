import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { LoadBalancers } from "./load-balancers";
import type { TargetGroups } from "./target-groups";
import { dimensions, type TrafficCounts } from "./traffic-counts";

/** Publishes what load balancers count, under AWS/ApplicationELB, so that alarms see it. */
export async function publishMetrics(
  cloudWatch: CloudWatchClient,
  loadBalancers: LoadBalancers,
  targetGroups: TargetGroups,
  counts: TrafficCounts,
): Promise<void> {
  const routes = loadBalancers.routes();
  const data: MetricDatum[] = [
    ...loadBalancers.arns().flatMap((arn) => counts.take(arn, undefined)),
    ...routes.flatMap(({ loadBalancerArn, targetGroupArn }) => counts.take(loadBalancerArn, targetGroupArn)),
    ...routes.flatMap(({ loadBalancerArn, targetGroupArn }) => {
      const group = targetGroups.get(targetGroupArn);
      if (!group) return [];
      const common = { Unit: "Count" as const, Dimensions: dimensions(loadBalancerArn, targetGroupArn) };
      return [
        { ...common, MetricName: "HealthyHostCount", Value: group.count("healthy") },
        { ...common, MetricName: "UnHealthyHostCount", Value: group.count("unhealthy") },
      ];
    }),
  ];
  if (data.length > 0)
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: "AWS/ApplicationELB", MetricData: data }));
}
