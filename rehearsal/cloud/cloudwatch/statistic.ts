import { Unsupported } from "./unsupported";

/** One data point of a period's values; undefined when there are none. */
export function statistic(name: string, values: readonly number[]): number | undefined {
  const calculate = statistics[name] ?? percentile(name);
  return values.length === 0 ? undefined : calculate(values);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const statistics: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SampleCount: (values) => values.length,
  Sum: sum,
  Average: (values) => sum(values) / values.length,
  Minimum: (values) => Math.min(...values),
  Maximum: (values) => Math.max(...values),
};

/** `p95`, `p99.9`: between the two values around the rank, linearly. */
function percentile(name: string): (values: readonly number[]) => number {
  const percent = Number(/^p(\d{1,2}(?:\.\d+)?|100)$/.exec(name)?.[1] ?? NaN);
  if (Number.isNaN(percent)) throw new Unsupported(`statistic ${name}`);
  return (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const rank = (percent / 100) * (sorted.length - 1);
    const below = sorted[Math.floor(rank)]!;
    return below + (sorted[Math.ceil(rank)]! - below) * (rank - Math.floor(rank));
  };
}
