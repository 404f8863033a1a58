import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type SetAlarmStateInput,
} from "@aws-sdk/client-cloudwatch";
import { mockClient } from "aws-sdk-client-mock";

/** The emulator's alarms, in memory; like the emulator it forgets their expressions. */
export class ToyAlarms {
  readonly stored = new Map<string, MetricAlarm>();
  /** What states were set to, in order. */
  readonly set: SetAlarmStateInput[] = [];
  readonly mock;

  constructor(
    client: CloudWatchClient,
    private readonly now: () => number = Date.now,
  ) {
    const mock = (this.mock = mockClient(client));
    mock.on(DescribeAlarmsCommand).callsFake(async ({ AlarmNames }: { AlarmNames?: string[] }) => ({
      // as every answer of the SDK has it
      $metadata: {},
      MetricAlarms: [...this.stored.values()].filter(
        ({ AlarmName }) => AlarmNames === undefined || AlarmNames.includes(AlarmName!),
      ),
    }));
    mock.on(PutMetricAlarmCommand).callsFake(async ({ Metrics: _, ...alarm }: MetricAlarm) => {
      this.store({ Statistic: "Average", Period: 60, StateValue: "INSUFFICIENT_DATA", ...alarm });
      return {};
    });
    mock.on(SetAlarmStateCommand).callsFake(async (input: SetAlarmStateInput) => {
      this.set.push(input);
      const { StateValue, StateReason, StateReasonData } = input;
      const alarm = this.stored.get(input.AlarmName!);
      this.stored.set(input.AlarmName!, { ...alarm, StateValue, StateReason, StateReasonData });
      return {};
    });
  }

  /** Of an alarm that nobody evaluates, such as a user's own. */
  setState(AlarmName: string, StateValue: "OK" | "ALARM"): void {
    this.store({ Namespace: "Shop", MetricName: "Errors", AlarmName, StateValue });
  }

  state(alarmName: string): string | undefined {
    return this.stored.get(alarmName)?.StateValue;
  }

  private store(alarm: MetricAlarm): void {
    this.stored.set(alarm.AlarmName!, {
      AlarmArn: `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${alarm.AlarmName}`,
      StateReason: "Unchecked: Initial alarm creation",
      StateUpdatedTimestamp: new Date(this.now()),
      ...alarm,
    });
  }
}
