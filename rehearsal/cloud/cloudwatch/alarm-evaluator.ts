import { type MetricAlarm, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import type { Cloud } from "../cloud";
import type { Clock } from "../instances/clock";
import { every } from "../instances/every";
import { isFed, type MetricSource } from "./alarm-data";
import { verdictOn } from "./alarm-verdict";
import type { MetricAlarms } from "./metric-alarms";
import type { MetricStore } from "./metric-store";
import { stateChangeEvent } from "./state-change-event";

export interface AlarmEvaluatorSettings {
  readonly cloud: Pick<Cloud, "backend" | "emit" | "log" | "signal">;
  readonly clock: Clock;
  readonly alarms: MetricAlarms;
  readonly metrics: MetricStore;
}

/** What the gateway measures itself; alarms on anything else are the emulator's. */
const namespaces = new Set(["AWS/ApplicationELB"]);

/** How long a period is over, in AWS's seconds, before an alarm takes note. CloudWatch looks once a minute. */
const pauseSeconds = 10;

/** StateReason's limit in SetAlarmState. */
const longestReason = 1023;

/** Evaluates the alarms on the gateway's metrics, for as long as the cloud runs. */
export class AlarmEvaluator {
  private readonly source: MetricSource;
  private readonly complaints = new Set<string>();

  constructor(private readonly settings: AlarmEvaluatorSettings) {
    const { clock, metrics } = settings;
    this.source = {
      namespaces,
      milliseconds: (awsSeconds) => clock.milliseconds(awsSeconds),
      values: (metric, start, end) => metrics.values(metric, start, end),
    };
  }

  /** Resolves when the cloud ends. */
  run(): Promise<void> {
    const { cloud, clock } = this.settings;
    const failed = (error: unknown): void => cloud.log("cloudwatch", String(error));
    return every(clock.milliseconds(pauseSeconds), cloud.signal, () => this.evaluateAll(), failed);
  }

  async evaluateAll(): Promise<void> {
    for (const alarm of await this.settings.alarms.all()) {
      try {
        if (!alarm.MetricName && !alarm.Metrics?.length)
          this.complain(alarm, "metric math that came by another protocol than query");
        else if (isFed(alarm, this.source)) await this.evaluate(alarm);
      } catch (error) {
        this.complain(alarm, String(error));
      }
    }
  }

  private async evaluate(alarm: MetricAlarm): Promise<void> {
    const { cloud, clock } = this.settings;
    const now = clock.now();
    const verdict = verdictOn(alarm, this.source, now);
    if (verdict.unsupported) this.complain(alarm, verdict.unsupported);
    const changed = verdict.state !== alarm.StateValue;
    const explained = !verdict.unsupported || alarm.StateReason === verdict.reason.slice(0, longestReason);
    if (!changed && explained) return;
    await cloud.backend.cloudWatch.send(
      new SetAlarmStateCommand({
        AlarmName: alarm.AlarmName,
        StateValue: verdict.state,
        StateReason: verdict.reason.slice(0, longestReason),
        StateReasonData: verdict.reasonData,
      }),
    );
    if (!changed) return;
    cloud.log("cloudwatch", `${alarm.AlarmName}: ${alarm.StateValue} -> ${verdict.state}: ${verdict.reason}`);
    cloud.emit(stateChangeEvent(alarm, verdict, now));
  }

  private complain({ AlarmName }: MetricAlarm, what: string): void {
    const complaint = `${AlarmName} can't be evaluated: ${what}`;
    if (this.complaints.has(complaint)) return;
    this.complaints.add(complaint);
    this.settings.cloud.log("cloudwatch", complaint);
  }
}
