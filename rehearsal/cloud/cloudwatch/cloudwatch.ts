import {
  CloudWatchServiceException,
  DescribeAlarmsCommand,
  type DescribeAlarmsInput,
  type DescribeAlarmsOutput,
  type PutMetricAlarmInput,
} from "@aws-sdk/client-cloudwatch";
import type { ApiModel } from "../api/model";
import type { Operation } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { Cloud, CloudPart } from "../cloud";
import type { Clock } from "../instances/clock";
import { AlarmEvaluator } from "./alarm-evaluator";
import { MetricAlarms } from "./metric-alarms";
import type { MetricStore } from "./metric-store";

export interface CloudWatchSettings {
  readonly cloud: Cloud;
  /** The API model `cloudwatch`. */
  readonly model: ApiModel;
  readonly clock: Clock;
  /** What the gateway measures itself. */
  readonly metrics: MetricStore;
}

/**
 * Alarms on what the gateway measures. The emulator keeps them, but evaluates them over all dimensions and over no
 * period, forgets their expressions, and leaves most of an alarm out of its XML answer, which Terraform would read as
 * changes: states are set from here, and the two operations that Terraform calls are answered here.
 */
export function cloudWatch({ cloud, model, clock, metrics }: CloudWatchSettings): CloudPart {
  const client = cloud.backend.cloudWatch;
  const alarms = new MetricAlarms(client);
  const evaluator = new AlarmEvaluator({ cloud, clock, alarms, metrics });
  const running = evaluator.run();
  const arnOf = (name: string): string =>
    `arn:${cloud.partition}:cloudwatch:${cloud.region}:${cloud.accountId}:alarm:${name}`;
  const describeAlarms: Operation<DescribeAlarmsInput, DescribeAlarmsOutput> = {
    permissions: () => [{ action: "cloudwatch:DescribeAlarms", resource: arnOf("*") }],
    async run(input) {
      const { $metadata: _, ...answer } = await asService(client.send(new DescribeAlarmsCommand(input)));
      return { ...answer, MetricAlarms: answer.MetricAlarms?.map((alarm) => alarms.whole(alarm)) };
    },
  };
  const putMetricAlarm: Operation<PutMetricAlarmInput, void> = {
    permissions: ({ AlarmName, Tags }) =>
      ["cloudwatch:PutMetricAlarm", ...(Tags?.length ? ["cloudwatch:TagResource"] : [])].map((action) => ({
        action,
        resource: arnOf(AlarmName!),
      })),
    run: (input) => asService(alarms.put(input)),
  };
  return {
    services: [
      {
        name: "monitoring",
        model,
        operations: { DescribeAlarms: describeAlarms, PutMetricAlarm: putMetricAlarm },
      },
    ],
    close: () => running,
  };
}

/** What the emulator refuses is refused to the client in the same words. */
async function asService<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof CloudWatchServiceException)) throw error;
    throw new ServiceError(error.name, error.message, error.$metadata.httpStatusCode);
  }
}
