import type { MetricDatum } from "@aws-sdk/client-cloudwatch";

/** What one load balancer, or one of its target groups, has counted since the last publication. */
export type Count =
  | "RequestCount"
  | "HTTPCode_Target_2XX_Count"
  | "HTTPCode_Target_3XX_Count"
  | "HTTPCode_Target_4XX_Count"
  | "HTTPCode_Target_5XX_Count"
  | "TargetConnectionErrorCount"
  | "HTTPCode_ELB_5XX_Count";

const ofTargetGroups: readonly Count[] = [
  "RequestCount",
  "HTTPCode_Target_2XX_Count",
  "HTTPCode_Target_3XX_Count",
  "HTTPCode_Target_4XX_Count",
  "HTTPCode_Target_5XX_Count",
  "TargetConnectionErrorCount",
];
const ofLoadBalancers: readonly Count[] = [...ofTargetGroups, "HTTPCode_ELB_5XX_Count"];

/** Counts of the requests that a load balancer has answered. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
export class TrafficCounts {
  private readonly counts = new Map<string, number>();

  /** Counts for the load balancer, and for the target group when a request got that far. */
  add(count: Count, loadBalancerArn: string, targetGroupArn: string | undefined): void {
    this.increase(count, loadBalancerArn, undefined);
    if (targetGroupArn && ofTargetGroups.includes(count))
      this.increase(count, loadBalancerArn, targetGroupArn);
  }

  /** Takes what was counted since the last time; nothing counted is a zero. */
  take(loadBalancerArn: string, targetGroupArn: string | undefined): MetricDatum[] {
    return (targetGroupArn ? ofTargetGroups : ofLoadBalancers).map((count) => {
      const key = keyOf(count, loadBalancerArn, targetGroupArn);
      const value = this.counts.get(key) ?? 0;
      this.counts.delete(key);
      return {
        MetricName: count,
        Value: value,
        Unit: "Count",
        Dimensions: dimensions(loadBalancerArn, targetGroupArn),
      };
    });
  }

  private increase(count: Count, loadBalancerArn: string, targetGroupArn: string | undefined): void {
    const key = keyOf(count, loadBalancerArn, targetGroupArn);
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }
}

/** `app/<name>/<id>` and `targetgroup/<name>/<id>`, as the metrics name them. */
export function dimensions(
  loadBalancerArn: string,
  targetGroupArn?: string,
): { Name: string; Value: string }[] {
  const loadBalancer = { Name: "LoadBalancer", Value: loadBalancerArn.split(":loadbalancer/").at(-1)! };
  return targetGroupArn
    ? [{ Name: "TargetGroup", Value: targetGroupArn.split(":").at(-1)! }, loadBalancer]
    : [loadBalancer];
}

const keyOf = (count: Count, loadBalancerArn: string, targetGroupArn: string | undefined): string =>
  `${count} ${loadBalancerArn} ${targetGroupArn ?? ""}`;
