import { DescribeAlarmsCommand, type DescribeAlarmsInput, type DescribeAlarmsOutput } from "@aws-sdk/client-cloudwatch";
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
    run: (input) => cloud.backend.cloudWatch.send(new DescribeAlarmsCommand(input)),
  };
  return { services: [{ name: "monitoring", model, operations: { DescribeAlarms: describeAlarms } }] };
}
