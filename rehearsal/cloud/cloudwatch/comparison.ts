import { Unsupported } from "./unsupported";

export interface Comparison {
  readonly words: string;
  holds(value: number, threshold: number): boolean;
}

const comparisons: Readonly<Record<string, Comparison>> = {
  GreaterThanThreshold: { words: "greater than", holds: (value, threshold) => value > threshold },
  GreaterThanOrEqualToThreshold: {
    words: "greater than or equal to",
    holds: (value, threshold) => value >= threshold,
  },
  LessThanThreshold: { words: "less than", holds: (value, threshold) => value < threshold },
  LessThanOrEqualToThreshold: {
    words: "less than or equal to",
    holds: (value, threshold) => value <= threshold,
  },
};

/** @throws Unsupported for the operators of anomaly detection */
export function comparisonOf(operator: string): Comparison {
  const comparison = comparisons[operator];
  if (!comparison) throw new Unsupported(`comparison operator ${operator}`);
  return comparison;
}
