import type { AlarmData } from "./alarm-data";
import type { Comparison } from "./comparison";
import type { Evaluation, Rule } from "./evaluate";

export interface ReasonSettings {
  readonly data: AlarmData;
  readonly evaluation: Evaluation;
  readonly rule: Rule;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** Has the alarm a DatapointsToAlarm of its own? CloudWatch words those differently. */
  readonly outOf: boolean;
}

/** CloudWatch's words for a state. */
export function stateReason(settings: ReasonSettings): string {
  const { data, evaluation, rule, comparison, threshold, outOf } = settings;
  const { state, used, missing } = evaluation;
  const periods = rule.evaluationPeriods;
  if (state === "INSUFFICIENT_DATA") return `Insufficient Data: ${counted(missing, "datapoint")} unknown.`;
  const treatment = { breaching: "[Breaching]", notBreaching: "[NonBreaching]", missing: "", ignore: "" }[
    rule.missingData
  ];
  const filled =
    missing > 0 && treatment ? `${counted(missing, "missing datapoint")} treated as ${treatment}` : "";
  if (used.length === 0)
    return `Threshold Crossed: no datapoints were received for ${periods} period${plural(periods)} and ${filled}.`;
  const inAlarm = state === "ALARM";
  const deciding = used.filter((index) => rule.breaches(data.points[index]!) === inAlarm).reverse();
  if (deciding.length === 0) return `Threshold Crossed: ${filled || "no datapoints decided"}.`;
  const shown = deciding
    .map((index) => `${double(data.points[index]!)} (${day(data.starts[index]!)})`)
    .join(", ");
  const count = deciding.length;
  const subject = outOf
    ? `${count} out of the last ${periods} datapoints`
    : `${count} datapoint${plural(count)}`;
  const verb = `${count === 1 ? "was" : "were"}${inAlarm ? "" : " not"} ${comparison.words}`;
  const minimum = inAlarm ? rule.datapointsToAlarm : periods - rule.datapointsToAlarm + 1;
  const transition = inAlarm ? "OK -> ALARM" : "ALARM -> OK";
  return (
    `Threshold Crossed: ${subject} [${shown}] ${verb} the threshold (${double(threshold)})` +
    (filled && ` and ${filled}`) +
    (outOf ? ` (minimum ${minimum} datapoint${plural(minimum)} for ${transition} transition).` : ".")
  );
}

/** The same as JSON, as DescribeAlarms and EventBridge give it. */
export function stateReasonData(settings: ReasonSettings, now: number): string {
  const { data, evaluation, threshold } = settings;
  const { used } = evaluation;
  return JSON.stringify({
    version: "1.0",
    queryDate: timestamp(now),
    ...(used.length > 0 ? { startDate: timestamp(data.starts[used[0]!]!) } : {}),
    ...(data.statistic === undefined ? {} : { statistic: data.statistic }),
    period: data.periodSeconds,
    recentDatapoints: used.map((index) => data.points[index]),
    threshold,
    evaluatedDatapoints: [...used].reverse().map((index) => ({
      timestamp: timestamp(data.starts[index]!),
      ...(data.sampleCounts ? { sampleCount: data.sampleCounts[index] } : {}),
      value: data.points[index],
    })),
  });
}

/** `2026-11-24T10:05:00.000+0000` */
export const timestamp = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace("Z", "+0000");

/** `24/11/26 10:05:00` */
function day(milliseconds: number): string {
  const [date, time] = new Date(milliseconds).toISOString().split("T");
  const [year, month, ofMonth] = date!.split("-");
  return `${ofMonth}/${month}/${year!.slice(2)} ${time!.slice(0, 8)}`;
}

const plural = (count: number): string => (count === 1 ? "" : "s");
const counted = (count: number, noun: string): string =>
  `${count} ${noun}${plural(count)} ${count === 1 ? "was" : "were"}`;
const double = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
