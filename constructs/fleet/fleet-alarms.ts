import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";

export interface FleetAlarmsProps {
  readonly serverErrorsName: string;
  readonly unhealthyHostsName: string;
  readonly dimensions: { readonly LoadBalancer: string; readonly TargetGroup: string };
}

/** What a roll-out watches: an alarm takes the release back. */
export class FleetAlarms extends Construct {
  constructor(scope: Construct, id: string, props: FleetAlarmsProps) {
    super(scope, id);
    this.serverErrors(props);
    new CloudwatchMetricAlarm(this, "UnhealthyHosts", {
      alarmName: props.unhealthyHostsName,
      alarmDescription: "An instance that was in service stopped being ready",
      namespace: "AWS/ApplicationELB",
      metricName: "UnHealthyHostCount",
      dimensions: props.dimensions,
      statistic: "Maximum",
      period: 60,
      // one that is only starting, or that is replaced, is gone or ready by then
      evaluationPeriods: 3,
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
