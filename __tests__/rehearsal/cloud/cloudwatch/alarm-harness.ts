import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { Backend, CloudEvent } from "../../../../rehearsal/cloud/cloud";
import { AlarmEvaluator } from "../../../../rehearsal/cloud/cloudwatch/alarm-evaluator";
import { MetricAlarms } from "../../../../rehearsal/cloud/cloudwatch/metric-alarms";
import { MetricStore } from "../../../../rehearsal/cloud/cloudwatch/metric-store";
import { ToyAlarms } from "./toy-alarms";

export const namespace = "AWS/ApplicationELB";
export const dimensionsOf = (fleet: string) => [
  { Name: "TargetGroup", Value: `targetgroup/${fleet}/0123456789abcdef` },
  { Name: "LoadBalancer", Value: `app/${fleet}/0123456789abcdef` },
];

/** An emulator's alarms, which it forgets the expressions of, and a clock that tests move: one AWS second is 1 ms. */
export class AlarmHarness {
  readonly events: CloudEvent[] = [];
  readonly logged: string[] = [];
  /** Real milliseconds: ten minutes of AWS past a full hour. */
  now = Date.UTC(2026, 10, 24, 10, 0) + 600;
  readonly client = new CloudWatchClient({ region: "eu-west-1" });
  private readonly toy = new ToyAlarms(this.client, () => this.now);
  readonly stored = this.toy.stored;
  readonly set = this.toy.set;
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
    return this.toy.state(alarmName);
  }

  end(): void {
    this.ended.abort();
  }
}
