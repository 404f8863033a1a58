import { resolveText, type Scope } from "./expressions";

/** What to do with a step, after its `if`. */
export type Verdict = "Execute" | "Skip" | "Abort";

type Comparison = (baseline: string, value: string | undefined) => boolean;

/**
 * Comparison operators of component documents; strings compare without regard to case.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-comparison-operators.html
 */
const comparisons: Readonly<Record<string, Comparison>> = {
  stringIsEmpty: (baseline) => baseline === "",
  stringIsWhitespace: (baseline) => /^ +$/.test(baseline),
  stringEquals: strings((order) => order === 0),
  stringLessThan: strings((order) => order < 0),
  stringLessThanEquals: strings((order) => order <= 0),
  stringGreaterThan: strings((order) => order > 0),
  stringGreaterThanEquals: strings((order) => order >= 0),
  patternMatches: (pattern, value) => new RegExp(pattern).test(value ?? ""),
  numberEquals: numbers((baseline, value) => value === baseline),
  numberLessThan: numbers((baseline, value) => value < baseline),
  numberLessThanEquals: numbers((baseline, value) => value <= baseline),
  numberGreaterThan: numbers((baseline, value) => value > baseline),
  numberGreaterThanEquals: numbers((baseline, value) => value >= baseline),
};
const logical = ["and", "or", "not"];

export class BadCondition extends Error {}

/** @throws BadCondition when it names no operator, or more than one */
export function holds(condition: unknown, scope: Scope): boolean {
  const { operator, operand, rest } = operatorOf(condition);
  switch (operator) {
    case "and":
      return list(operand).every((each) => holds(each, scope));
    case "or":
      return list(operand).some((each) => holds(each, scope));
    case "not":
      return !holds(Array.isArray(operand) ? operand[0] : operand, scope);
    default: {
      const value = rest.value === undefined ? undefined : resolveText(String(rest.value), scope);
      return comparisons[operator]!(resolveText(String(operand), scope), value);
    }
  }
}

/** https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-conditional-constructs.html */
export function verdictOf(condition: unknown, scope: Scope): Verdict {
  if (condition === undefined) return "Execute";
  const whole = Array.isArray(condition) ? (condition[0] as unknown) : condition;
  const { then: ifTrue = "Execute", else: ifFalse = "Skip" } = whole as { then?: Verdict; else?: Verdict };
  return holds(whole, scope) ? ifTrue : ifFalse;
}

function operatorOf(condition: unknown): {
  operator: string;
  operand: unknown;
  rest: Record<string, unknown>;
} {
  if (typeof condition !== "object" || condition === null)
    throw new BadCondition("a condition must be a map");
  const rest = condition as Record<string, unknown>;
  const operators = Object.keys(rest).filter((key) => key in comparisons || logical.includes(key));
  const [operator] = operators;
  if (operator === undefined || operators.length > 1)
    throw new BadCondition("a condition must have exactly one operator at its top level");
  const others = Object.keys(rest).filter(
    (key) => key !== operator && !["value", "then", "else"].includes(key),
  );
  if (others.length > 0) throw new BadCondition(`unknown operator ${others.join(", ")}`);
  return { operator, operand: rest[operator], rest };
}

function list(operand: unknown): unknown[] {
  if (!Array.isArray(operand)) throw new BadCondition("a logical operator takes a list of conditions");
  return operand;
}

function strings(decide: (order: number) => boolean): Comparison {
  return (baseline, value = "") => {
    const [left, right] = [value.toLowerCase(), baseline.toLowerCase()];
    return decide(left < right ? -1 : left > right ? 1 : 0);
  };
}

function numbers(decide: (baseline: number, value: number) => boolean): Comparison {
  return (baseline, value) => {
    const [left, right] = [Number(baseline), Number(value === undefined || value === "" ? NaN : value)];
    return !Number.isNaN(left) && !Number.isNaN(right) && decide(left, right);
  };
}
