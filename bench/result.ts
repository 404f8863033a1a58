/** One measured figure. */
export interface Line {
  readonly what: string;
  readonly result: string;
  /** What it was to be, and whether it is; a figure without one is for reference. */
  readonly target?: Target;
}

export interface Target {
  readonly text: string;
  readonly met: boolean;
}

/** One part of the benchmark: its figures, and what one must know to read them. */
export interface Part {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly notes: readonly string[];
}

export function atMost(value: number, limit: number, unit = ""): Target {
  return { text: `at most ${limit}${unit}`, met: value <= limit };
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values have no median");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
