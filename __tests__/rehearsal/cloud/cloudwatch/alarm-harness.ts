import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type SetAlarmStateInput,
} from "@aws-sdk/client-cloudwatch";
import { mockClient } from "aws-sdk-client-mock";
import type { Backend, CloudEvent } from "../../../../rehearsal/cloud/cloud";
import { AlarmEvaluator } from "../../../../rehearsal/cloud/cloudwatch/alarm-evaluator";
import { MetricAlarms } from "../../../../rehearsal/cloud/cloudwatch/metric-alarms";
import { MetricStore } from "../../../../rehearsal/cloud/cloudwatch/metric-store";

export const namespace = "AWS/ApplicationELB";
export const dimensionsOf = (fleet: string) => [
  { Name: "TargetGroup", Value: `targetgroup/${fleet}/0123456789abcdef` },
  { Name: "LoadBalancer", Value: `app/${fleet}/0123456789abcdef` },
];

/** An emulator's alarms, which it forgets the expressions of, and a clock that tests move: one AWS second is 1 ms. */
export class AlarmHarness {
  readonly stored = new Map<string, MetricAlarm>();
  readonly set: SetAlarmStateInput[] = [];
  readonly events: CloudEvent[] = [];
  readonly logged: string[] = [];
  /** Real milliseconds: ten minutes of AWS past a full hour. */
  now = Date.UTC(2026, 10, 24, 10, 0) + 600;
  readonly client = new CloudWatchClient({ region: "eu-west-1" });
  readonly clock = { now: () => this.now, milliseconds: (awsSeconds: number) => awsSeconds };
  readonly metrics = new MetricStore(this.clock);
  readonly alarms = new MetricAlarms(this.client);
  private readonly ended = new AbortController();
  readonly cloud = {
    backend: { cloudWatch: this.client } as Backend,
    emit: (event: CloudEvent) => void this.events.push(event),
    log: (subject: string, text: string) => void this.logged.push(`${subject}: ${text}`),
    signal: this.ended.signal,
  };
  readonly evaluator = new AlarmEvaluator(this);

  constructor() {
    const mock = mockClient(this.client);
    mock.on(DescribeAlarmsCommand).callsFake(async () => ({ MetricAlarms: [...this.stored.values()] }));
    mock.on(PutMetricAlarmCommand).callsFake(async ({ Metrics: _, ...alarm }: MetricAlarm) => {
      this.stored.set(alarm.AlarmName!, {
        AlarmArn: `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${alarm.AlarmName}`,
        Statistic: "Average",
        Period: 60,
        StateValue: "INSUFFICIENT_DATA",
        StateReason: "Unchecked: Initial alarm creation",
        StateUpdatedTimestamp: new Date(this.now),
        ...alarm,
      });
      return {};
    });
    mock.on(SetAlarmStateCommand).callsFake(async (input: SetAlarmStateInput) => {
      this.set.push(input);
      const { StateValue, StateReason, StateReasonData } = input;
      this.stored.set(input.AlarmName!, {
        ...this.stored.get(input.AlarmName!),
        StateValue,
        StateReason,
        StateReasonData,
      });
      return {};
    });
  }

  /** A period of 60 AWS seconds in which a fleet's metrics have these values, and a look at the alarms after it. */
  async minute(values: Readonly<Record<string, number>>, fleet = "hello"): Promise<void> {
    for (const [name, value] of Object.entries(values))
      this.metrics.record({ namespace, name, dimensions: dimensionsOf(fleet) }, value);
    await this.pass();
  }

  async pass(minutes = 1): Promise<void> {
    for (let passed = 0; passed < minutes; passed++) {
      this.now += 60;
      await this.evaluator.evaluateAll();
    }
  }

  state(alarmName: string): string | undefined {
    return this.stored.get(alarmName)?.StateValue;
  }

  end(): void {
    this.ended.abort();
  }
}
