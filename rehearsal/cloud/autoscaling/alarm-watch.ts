import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";

/** How long an answer is good for: alarms are not asked at every step. */
const freshMilliseconds = 1000;

/** Which of some alarms, metric or composite, are in ALARM. */
export class AlarmWatch {
  private readonly answers = new Map<
    string,
    { readonly at: number; readonly inAlarm: Promise<readonly string[]> }
  >();

  constructor(private readonly cloudWatch: CloudWatchClient) {}

  inAlarm(names: readonly string[]): Promise<readonly string[]> {
    if (names.length === 0) return Promise.resolve([]);
    const key = names.join("\n");
    const known = this.answers.get(key);
    if (known && Date.now() - known.at < freshMilliseconds) return known.inAlarm;
    const inAlarm = this.ask(names);
    this.answers.set(key, { at: Date.now(), inAlarm });
    return inAlarm;
  }

  private async ask(names: readonly string[]): Promise<readonly string[]> {
    const found = await this.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }),
    );
    return [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])]
      .filter(({ StateValue }) => StateValue === "ALARM")
      .map(({ AlarmName }) => AlarmName!);
  }
}
