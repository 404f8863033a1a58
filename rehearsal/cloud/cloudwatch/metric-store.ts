import type { Clock } from "../instances/clock";

/** A metric is its name and all of its dimensions: `UnHealthyHostCount` of two fleets is two metrics. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[];
}

interface Sample {
  /** Real milliseconds. */
  readonly at: number;
  readonly value: number;
}

/** CloudWatch looks back a day at most for an alarm whose periods are shorter than an hour. */
const keptSeconds = 24 * 3600;

/**
 * The metrics that the gateway itself measures. They stay here and are not put into the emulator, which would at once
 * evaluate every alarm on a metric of the same name, whatever its dimensions and periods.
 */
export class MetricStore {
  private readonly samples = new Map<string, Sample[]>();

  constructor(private readonly clock: Clock) {}

  record(metric: Metric, value: number): void {
    const key = keyOf(metric);
    const samples = this.samples.get(key) ?? [];
    const now = this.clock.now();
    const oldest = now - this.clock.milliseconds(keptSeconds);
    const old = samples.findIndex(({ at }) => at >= oldest);
    samples.splice(0, old < 0 ? samples.length : old);
    samples.push({ at: now, value });
    this.samples.set(key, samples);
  }

  /** Values from `start` until before `end`, in real milliseconds. */
  values(metric: Metric, start: number, end: number): number[] {
    const samples = this.samples.get(keyOf(metric)) ?? [];
    return samples.filter(({ at }) => at >= start && at < end).map(({ value }) => value);
  }
}

const keyOf = ({ namespace, name, dimensions }: Metric): string =>
  JSON.stringify([namespace, name, ...dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()]);
