import {
  type CloudWatchClient,
  type MetricAlarm,
  type MetricDataQuery,
  paginateDescribeAlarms,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
} from "@aws-sdk/client-cloudwatch";

/** The emulator's alarms, with the expressions that it forgets. */
export class MetricAlarms {
  private readonly queries = new Map<string, readonly MetricDataQuery[]>();

  constructor(private readonly cloudWatch: CloudWatchClient) {}

  async put(input: PutMetricAlarmInput): Promise<void> {
    await this.cloudWatch.send(new PutMetricAlarmCommand(input));
    if (input.Metrics?.length) this.queries.set(input.AlarmName!, input.Metrics);
    else this.queries.delete(input.AlarmName!);
  }

  async all(): Promise<MetricAlarm[]> {
    const alarms: MetricAlarm[] = [];
    for await (const page of paginateDescribeAlarms(
      { client: this.cloudWatch },
      { AlarmTypes: ["MetricAlarm"] },
    ))
      alarms.push(...(page.MetricAlarms ?? []).map((alarm) => this.whole(alarm)));
    return alarms;
  }

  /** An alarm on an expression has no metric of its own; the emulator fills in defaults for one. */
  whole(alarm: MetricAlarm): MetricAlarm {
    const queries = alarm.MetricName ? undefined : this.queries.get(alarm.AlarmName!);
    if (!queries) return alarm;
    const {
      MetricName: _name,
      Namespace: _space,
      Statistic: _statistic,
      Period: _period,
      Dimensions: _dimensions,
      ...rest
    } = alarm;
    return { ...rest, Metrics: [...queries] };
  }
}
