import type { PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";

type Block = Readonly<Record<string, unknown>>;

/** What Terraform asks for with an aws_cloudwatch_metric_alarm: its names are AWS's in snake case. */
export function alarmInput(resource: Block): PutMetricAlarmInput {
  const { MetricQuery, ...alarm } = pascal(resource);
  if (!MetricQuery) return alarm as unknown as PutMetricAlarmInput;
  const Metrics = (MetricQuery as Block[]).map(pascal).map(({ Metric, ...query }) => {
    if (!Metric) return query;
    const { Period, Stat, ...metric } = pascal(Metric as Block);
    return {
      ...query,
      ReturnData: query["ReturnData"] ?? false,
      MetricStat: { Period, Stat, Metric: metric },
    };
  });
  return { ...alarm, Metrics } as unknown as PutMetricAlarmInput;
}

function pascal(block: Block): Block {
  return Object.fromEntries(
    Object.entries(block).map(([key, value]) => [
      key.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase()),
      key === "dimensions"
        ? Object.entries(value as object).map(([Name, Value]) => ({ Name, Value }))
        : value,
    ]),
  );
}
