import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";

export interface FleetAlarmsProps {
  readonly serverErrorsName: string;
  readonly unhealthyHostsName: string;
  readonly dimensions: { readonly LoadBalancer: string; readonly TargetGroup: string };
  /** Time that an instance may take to become ready; the load balancer calls it unhealthy meanwhile. */
  readonly startSeconds: number;
}

/** What a roll-out watches: an alarm takes the release back. */
export class FleetAlarms extends Construct {
  constructor(scope: Construct, id: string, props: FleetAlarmsProps) {
    super(scope, id);
    this.serverErrors(props);
    this.unhealthyHosts(props);
  }

  private unhealthyHosts(props: FleetAlarmsProps): void {
    // a start is unhealthy in all minutes that it lies in, those of its beginning and end among them; one more is no start
    const minutes = Math.ceil(props.startSeconds / 60) + 2;
    new CloudwatchMetricAlarm(this, "UnhealthyHosts", {
      alarmName: props.unhealthyHostsName,
      alarmDescription: "Instances are not ready for longer than they may take to start",
      namespace: "AWS/ApplicationELB",
      metricName: "UnHealthyHostCount",
      dimensions: props.dimensions,
      statistic: "Maximum",
      period: 60,
      // Auto Scaling replaces an instance that is not ready in time: between the two there is a gap that must not count
      datapointsToAlarm: minutes,
      evaluationPeriods: minutes + 3,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      treatMissingData: "notBreaching",
    });
  }

  private serverErrors(props: FleetAlarmsProps): void {
    const metric = (metricName: string) => ({
      namespace: "AWS/ApplicationELB",
      metricName,
      dimensions: props.dimensions,
      period: 60,
      stat: "Sum",
    });
    new CloudwatchMetricAlarm(this, "ServerErrors", {
      alarmName: props.serverErrorsName,
      alarmDescription: "More than 1 in 100 requests to the fleet were answered with 5xx",
      metricQuery: [
        { id: "errors", metric: metric("HTTPCode_Target_5XX_Count") },
        { id: "requests", metric: metric("RequestCount") },
        {
          id: "percentage",
          label: "requests answered with 5xx, in percent",
          // no errors, no data: FILL makes it a zero
          expression: "100 * FILL(errors, 0) / requests",
          returnData: true,
        },
      ],
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 1,
      treatMissingData: "notBreaching",
    });
  }
}
