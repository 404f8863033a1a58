import type { MetricAlarm, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { evaluationRange } from "./evaluate";
import { evaluateExpression, type Series } from "./expression";
import type { Metric } from "./metric-store";
import { statistic } from "./statistic";
import { Unsupported } from "./unsupported";

/** Where an alarm's data comes from. */
export interface MetricSource {
  readonly namespaces: ReadonlySet<string>;
  /** Real milliseconds that AWS's seconds last. */
  milliseconds(awsSeconds: number): number;
  values(metric: Metric, start: number, end: number): readonly number[];
}

/** The data points of an alarm's evaluation range, the oldest first. */
export interface AlarmData {
  readonly periodSeconds: number;
  /** Undefined for an expression. */
  readonly statistic: string | undefined;
  /** Real times at which the periods start. */
  readonly starts: readonly number[];
  readonly points: Series;
  /** How many values are behind each point; undefined for an expression. */
  readonly sampleCounts: readonly number[] | undefined;
}

interface Period {
  readonly start: number;
  readonly end: number;
}

/** Is an alarm about metrics of the gateway's? One that mixes them with others is, too: nobody else evaluates it. */
export function isFed(alarm: MetricAlarm, source: MetricSource): boolean {
  const spaces = alarm.Metrics?.length
    ? alarm.Metrics.map(({ MetricStat }) => MetricStat?.Metric?.Namespace)
    : [alarm.Namespace];
  return spaces.some((space) => space !== undefined && source.namespaces.has(space));
}

/** @throws Unsupported */
export function alarmData(alarm: MetricAlarm, source: MetricSource, now: number): AlarmData {
  const queries = alarm.Metrics ?? [];
  const periodSeconds = queries.length > 0 ? commonPeriod(queries) : alarm.Period!;
  const periods = lastPeriods(
    source.milliseconds(periodSeconds),
    evaluationRange(alarm.EvaluationPeriods!),
    now,
  );
  const starts = periods.map(({ start }) => start);
  if (queries.length > 0) {
    const points = seriesOfQueries(queries, source, periods);
    return { periodSeconds, statistic: undefined, starts, points, sampleCounts: undefined };
  }
  if (alarm.Unit && alarm.Unit !== "Count") throw new Unsupported(`unit ${alarm.Unit}`);
  const name = (alarm.ExtendedStatistic ?? alarm.Statistic)!;
  const metric = {
    namespace: alarm.Namespace!,
    name: alarm.MetricName!,
    dimensions: alarm.Dimensions ?? [],
  };
  const values = periods.map(({ start, end }) => source.values(metric, start, end));
  return {
    periodSeconds,
    statistic: name,
    starts,
    points: values.map((of) => statistic(name, of)),
    sampleCounts: values.map((of) => of.length),
  };
}

/** Periods that are over, aligned as CloudWatch's: one that still goes on has too few values to decide by. */
function lastPeriods(length: number, count: number, now: number): Period[] {
  const end = Math.floor(now / length);
  return Array.from({ length: count }, (_, index) => ({
    start: (end - count + index) * length,
    end: (end - count + index + 1) * length,
  }));
}

function seriesOfQueries(
  queries: readonly MetricDataQuery[],
  source: MetricSource,
  periods: readonly Period[],
): Series {
  const returned = queries.filter(({ ReturnData }) => ReturnData !== false);
  if (returned.length !== 1) throw new Unsupported(`${returned.length} queries that return data`);
  const metricIds = queries.flatMap(({ Id, MetricStat }) => (MetricStat ? [Id!] : []));
  const seriesOf = (id: string, within: readonly string[]): Series => {
    const query = queries.find(({ Id }) => Id === id);
    if (!query) throw new Unsupported(`id ${id}: no query has it`);
    if (within.includes(id)) throw new Unsupported(`expression of ${id}: it is about itself`);
    if (query.MetricStat) return metricSeries(query, source, periods);
    const scope = { metricIds, seriesOf: (inner: string) => seriesOf(inner, [...within, id]) };
    return evaluateExpression(query.Expression ?? "", scope);
  };
  return seriesOf(returned[0]!.Id!, []);
}

function metricSeries(query: MetricDataQuery, source: MetricSource, periods: readonly Period[]): Series {
  const { Metric, Stat, Unit } = query.MetricStat!;
  const namespace = Metric!.Namespace!;
  if (!source.namespaces.has(namespace))
    throw new Unsupported(`metric ${query.Id}: namespace ${namespace} beside the gateway's own`);
  if (Unit && Unit !== "Count") throw new Unsupported(`metric ${query.Id}: unit ${Unit}`);
  const metric = { namespace, name: Metric!.MetricName!, dimensions: Metric!.Dimensions ?? [] };
  return periods.map(({ start, end }) => statistic(Stat!, source.values(metric, start, end)));
}

function commonPeriod(queries: readonly MetricDataQuery[]): number {
  const periods = new Set(queries.flatMap(({ MetricStat }) => MetricStat?.Period ?? []));
  if (periods.size !== 1)
    throw new Unsupported(`metrics with periods of ${[...periods].join(" and ")} seconds`);
  return [...periods][0]!;
}
