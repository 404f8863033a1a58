import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { alarmData, type MetricSource } from "./alarm-data";
import { comparisonOf } from "./comparison";
import { type AlarmState, evaluate, type MissingData, type Rule } from "./evaluate";
import { stateReason, stateReasonData } from "./state-reason";
import { Unsupported } from "./unsupported";

export interface Verdict {
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData?: string;
  /** What the alarm asks for and the rehearsal has not. */
  readonly unsupported?: string;
}

/** What state an alarm is in, and why. What the rehearsal can't evaluate is never OK. */
export function verdictOn(alarm: MetricAlarm, source: MetricSource, now: number): Verdict {
  try {
    return judge(alarm, source, now);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    const unsupported = error.message;
    return {
      state: "INSUFFICIENT_DATA",
      reason: `The rehearsal can't evaluate ${unsupported}.`,
      unsupported,
    };
  }
}

function judge(alarm: MetricAlarm, source: MetricSource, now: number): Verdict {
  if (alarm.ThresholdMetricId)
    throw new Unsupported(`threshold by anomaly detection, ${alarm.ThresholdMetricId}`);
  const comparison = comparisonOf(alarm.ComparisonOperator!);
  const threshold = alarm.Threshold!;
  const rule: Rule = {
    evaluationPeriods: alarm.EvaluationPeriods!,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods!,
    missingData: (alarm.TreatMissingData ?? "missing") as MissingData,
    breaches: (value) => comparison.holds(value, threshold),
  };
  const data = alarmData(alarm, source, now);
  const current = alarm.StateValue ?? "INSUFFICIENT_DATA";
  const evaluation = evaluate(data.points, rule, current as AlarmState);
  const outOf = alarm.DatapointsToAlarm !== undefined;
  const settings = { data, evaluation, rule, comparison, threshold, outOf };
  return {
    state: evaluation.state,
    reason: stateReason(settings),
    reasonData: stateReasonData(settings, now),
  };
}
