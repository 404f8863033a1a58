import { DescribeAlarmsCommand, type DescribeAlarmsInput, type DescribeAlarmsOutput, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { ApiModel } from "../api/model";
import type { Operation } from "../api/service";
import type { Cloud, CloudPart } from "../cloud";

/**
 * The emulator keeps alarms whole but leaves most of an alarm out of its XML answer, which Terraform would read as
 * changes: that answer is made here, from what the emulator says in its other formats.
 */
export function cloudWatch(cloud: Cloud, model: ApiModel): CloudPart {
  const describeAlarms: Operation<DescribeAlarmsInput, DescribeAlarmsOutput> = {
    permissions: () => [
      {
        action: "cloudwatch:DescribeAlarms",
        resource: `arn:${cloud.partition}:cloudwatch:${cloud.region}:${cloud.accountId}:alarm:*`,
      },
    ],
    async run(input) {
      const answer = await cloud.backend.cloudWatch.send(new DescribeAlarmsCommand(input));
      return { ...answer, MetricAlarms: answer.MetricAlarms?.map(withoutInvented) };
    },
  };
  return { services: [{ name: "monitoring", model, operations: { DescribeAlarms: describeAlarms } }] };
}

/** An alarm on an expression has no metric of its own; the emulator fills in defaults for one. */
function withoutInvented(alarm: MetricAlarm): MetricAlarm {
  if (!alarm.Metrics || alarm.Metrics.length === 0) return alarm;
  const { MetricName: _name, Namespace: _space, Statistic: _statistic, Period: _period, Dimensions: _dimensions, ...rest } = alarm;
  return rest;
}
