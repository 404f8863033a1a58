import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { CloudEvent } from "../cloud";
import type { Verdict } from "./alarm-verdict";
import { timestamp } from "./state-reason";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
export function stateChangeEvent(alarm: MetricAlarm, verdict: Verdict, now: number): CloudEvent {
  return {
    source: "aws.cloudwatch",
    detailType: "CloudWatch Alarm State Change",
    resources: [alarm.AlarmArn!],
    detail: {
      alarmName: alarm.AlarmName,
      configuration: { description: alarm.AlarmDescription, metrics: metricsOf(alarm) },
      previousState: {
        value: alarm.StateValue,
        reason: alarm.StateReason,
        reasonData: alarm.StateReasonData,
        timestamp: alarm.StateUpdatedTimestamp && timestamp(alarm.StateUpdatedTimestamp.getTime()),
      },
      state: {
        value: verdict.state,
        reason: verdict.reason,
        reasonData: verdict.reasonData,
        timestamp: timestamp(now),
      },
    },
  };
}

function metricsOf(alarm: MetricAlarm): object[] {
  if (!alarm.Metrics?.length) {
    const { MetricName, Namespace, Dimensions, Period, Statistic, ExtendedStatistic } = alarm;
    const metric = metricOf({ MetricName, Namespace, Dimensions });
    const metricStat = { metric, period: Period, stat: ExtendedStatistic ?? Statistic };
    return [{ id: alarm.AlarmName, metricStat, returnData: true }];
  }
  return alarm.Metrics.map(({ Id, Expression, Label, MetricStat, ReturnData }) => ({
    id: Id,
    expression: Expression,
    label: Label,
    metricStat: MetricStat && {
      metric: metricOf(MetricStat.Metric!),
      period: MetricStat.Period,
      stat: MetricStat.Stat,
    },
    returnData: ReturnData !== false,
  }));
}

const metricOf = ({
  MetricName,
  Namespace,
  Dimensions,
}: Pick<MetricAlarm, "MetricName" | "Namespace" | "Dimensions">) => ({
  name: MetricName,
  namespace: Namespace,
  dimensions: Object.fromEntries((Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
});
