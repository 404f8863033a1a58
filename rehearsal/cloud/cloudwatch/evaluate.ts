import type { Series } from "./expression";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";
export type MissingData = "missing" | "ignore" | "breaching" | "notBreaching";

export interface Rule {
  /** N of "M out of N". */
  readonly evaluationPeriods: number;
  /** M of "M out of N". */
  readonly datapointsToAlarm: number;
  readonly missingData: MissingData;
  breaches(value: number): boolean;
}

export interface Evaluation {
  readonly state: AlarmState;
  /** Indices of the data points that decided, the oldest first. */
  readonly used: readonly number[];
  /** How many more were needed and are missing. */
  readonly missing: number;
}

/** More data points are looked at than are needed, in case some are missing: 5 for 3 in the documentation. */
export const evaluationRange = (evaluationPeriods: number): number => evaluationPeriods + 2;

/**
 * The state of an alarm.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * @param points the data points of the evaluation range, the oldest first
 */
export function evaluate(points: Series, rule: Rule, current: AlarmState): Evaluation {
  const present = points.flatMap((value, index) => (value === undefined ? [] : [index]));
  const used = present.slice(-rule.evaluationPeriods);
  const missing = rule.evaluationPeriods - used.length;
  const breaching = used.filter((index) => rule.breaches(points[index]!)).length;
  return { state: state(), used, missing };

  function state(): AlarmState {
    if (breaching >= rule.datapointsToAlarm) return "ALARM";
    if (missing === 0 || rule.missingData === "notBreaching") return "OK";
    if (rule.missingData === "breaching")
      return breaching + missing >= rule.datapointsToAlarm ? "ALARM" : "OK";
    if (breaching < used.length) return "OK";
    // nothing is known to be within the threshold
    if (rule.missingData === "ignore") return current;
    if (used.length === 0) return "INSUFFICIENT_DATA";
    // the documentation's "premature alarm": what breached has been followed by silence for as long as an alarm takes
    return points.length - used[0]! >= rule.datapointsToAlarm ? "ALARM" : "OK";
  }
}
