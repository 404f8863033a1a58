import { type Expression, parseExpression } from "./expression-parser";
import { Unsupported } from "./unsupported";

/** Data points of successive periods, the oldest first; undefined is missing. */
export type Series = readonly (number | undefined)[];

/** S, TS and TS[] in the words of CloudWatch's documentation. */
type Value = number | Series | SeriesArray;

interface SeriesArray {
  readonly all: readonly Series[];
}

/** What an expression is about. */
export interface Scope {
  /** The series of a metric or of another expression. @throws Unsupported when there is none */
  seriesOf(id: string): Series;
  /** Ids of the metrics, without those of expressions. */
  readonly metricIds: readonly string[];
}

/** @throws Unsupported for what is no time series, and for functions that are not here */
export function evaluateExpression(text: string, scope: Scope): Series {
  const value = new Evaluation(text, scope).of(parseExpression(text));
  if (!isSeries(value)) throw new Unsupported(`expression ${text}: its result is not one time series`);
  return value;
}

const isSeries = (value: Value): value is Series => Array.isArray(value);
const truth = (value: boolean): number => (value ? 1 : 0);

const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "^": (left, right) => left ** right,
  "==": (left, right) => truth(left === right),
  "!=": (left, right) => truth(left !== right),
  "<": (left, right) => truth(left < right),
  ">": (left, right) => truth(left > right),
  "<=": (left, right) => truth(left <= right),
  ">=": (left, right) => truth(left >= right),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  OR: (left, right) => truth(left !== 0 || right !== 0),
};
const otherNames: Readonly<Record<string, string>> = { "&&": "AND", "||": "OR" };

/** Over the values of one series, or of one period in several; never empty. AVG's missing values are 0 in an array. */
const aggregates: Readonly<Record<string, (present: readonly number[], count: number) => number>> = {
  SUM: (present) => sum(present),
  AVG: (present, count) => sum(present) / count,
  MIN: (present) => Math.min(...present),
  MAX: (present) => Math.max(...present),
};
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const presentIn = (series: Series): number[] => series.filter((value) => value !== undefined);

class Evaluation {
  constructor(
    private readonly text: string,
    private readonly scope: Scope,
  ) {}

  of(expression: Expression): Value {
    switch (expression.kind) {
      case "number":
        return expression.value;
      case "id":
        return this.scope.seriesOf(expression.id);
      case "list":
        return { all: expression.items.flatMap((item) => this.allOf(this.of(item))) };
      case "negation":
        return this.combine(operators["-"]!, 0, this.of(expression.of));
      case "operation": {
        const { operator, left, right } = expression;
        return this.combine(operators[otherNames[operator] ?? operator]!, this.of(left), this.of(right));
      }
      case "call":
        return this.call(expression.name, expression.parameters);
      case "word":
        throw this.unsupported(expression.word);
      case "text":
        throw this.unsupported(`"${expression.text}"`);
    }
  }

  private combine(operate: (left: number, right: number) => number, left: Value, right: Value): Value {
    if (typeof left === "number" && typeof right === "number") return operate(left, right);
    if (typeof left === "object" && "all" in left) {
      if (typeof right === "object" && "all" in right) throw this.unsupported("an operation on two arrays");
      return { all: left.all.map((series) => this.combine(operate, series, right) as Series) };
    }
    if (typeof right === "object" && "all" in right)
      return { all: right.all.map((series) => this.combine(operate, left, series) as Series) };
    const { length } = isSeries(left) ? left : (right as Series);
    return Array.from({ length }, (_, index) => {
      const pair = [at(left, index), at(right, index)] as const;
      // a number has no time of its own: there is a data point where a series has one
      const exists = [left, right].some((side, which) => isSeries(side) && pair[which] !== undefined);
      // what the other series misses is a 0; a division by zero drops the data point
      return exists ? finite(operate(pair[0] ?? 0, pair[1] ?? 0)) : undefined;
    });
  }

  private call(name: string, parameters: readonly Expression[]): Value {
    const [first, second] = parameters;
    const aggregate = aggregates[name];
    if (aggregate && first && !second) return this.aggregate(aggregate, this.of(first));
    if (name === "IF" && first && second && parameters.length <= 3)
      return this.choose(
        this.of(first),
        this.of(second),
        parameters[2] === undefined ? undefined : this.of(parameters[2]),
      );
    if (name === "FILL" && first && second && parameters.length === 2)
      return this.fill(this.of(first), second);
    if (name === "METRICS" && !second && (!first || first.kind === "text")) {
      const ids = this.scope.metricIds.filter((id) => !first || id.includes(first.text));
      return { all: ids.map((id) => this.scope.seriesOf(id)) };
    }
    throw this.unsupported(`${name} of ${parameters.length}`);
  }

  private aggregate(aggregate: (present: readonly number[], count: number) => number, value: Value): Value {
    if (typeof value === "number") throw this.unsupported("a function of a number");
    if (isSeries(value)) {
      const present = presentIn(value);
      return present.length === 0 ? value : aggregate(present, present.length);
    }
    const { all } = value;
    return Array.from({ length: all[0]?.length ?? 0 }, (_, index) => {
      const present = presentIn(all.map((series) => series[index]));
      return present.length === 0 ? undefined : aggregate(present, all.length);
    });
  }

  /** A missing value that is chosen is a 0 if the condition holds, and no data point if it does not. */
  private choose(condition: Value, yes: Value, no: Value | undefined): Value {
    const values = [condition, yes, no];
    if (values.some((value) => typeof value === "object" && "all" in value))
      throw this.unsupported("IF of an array");
    const length = values.find((value) => typeof value === "object" && isSeries(value))?.length;
    if (length === undefined) throw this.unsupported("IF of numbers alone");
    return Array.from({ length }, (_, index) => {
      const decision = at(condition, index);
      if (decision === undefined) return undefined;
      if (decision === 0) return no === undefined ? undefined : at(no, index);
      return at(yes, index) ?? (isSeries(condition) ? 0 : undefined);
    });
  }

  private fill(value: Value, filler: Expression): Value {
    if (typeof value === "number") throw this.unsupported("FILL of a number");
    if (!isSeries(value)) return { all: value.all.map((series) => this.fill(series, filler) as Series) };
    if (filler.kind === "word" && filler.word === "REPEAT") {
      let last: number | undefined;
      return value.map((present) => (last = present ?? last));
    }
    const filling = this.of(filler);
    if (typeof filling === "object" && "all" in filling) throw this.unsupported("FILL with an array");
    return value.map((present, index) => present ?? at(filling, index));
  }

  private allOf(value: Value): readonly Series[] {
    if (typeof value === "number") throw this.unsupported("a number in an array");
    return isSeries(value) ? [value] : value.all;
  }

  private unsupported(what: string): Unsupported {
    return new Unsupported(`expression ${this.text}: ${what}`);
  }
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

const at = (value: Value, index: number): number | undefined =>
  typeof value === "number" ? value : (value as Series)[index];
