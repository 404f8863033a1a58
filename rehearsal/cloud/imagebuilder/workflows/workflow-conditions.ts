import { DocumentError, type Fields, fields } from "../document-fields";
import { resolveValue, type WorkflowScope } from "./workflow-values";

type Comparison = (baseline: unknown, value: unknown) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  booleanEquals: (baseline, value) => String(baseline) === String(value),
  stringEquals: (baseline, value) => String(baseline) === String(value),
  numberEquals: numbers((baseline, value) => value === baseline),
  numberGreaterThan: numbers((baseline, value) => value > baseline),
  numberGreaterThanEquals: numbers((baseline, value) => value >= baseline),
  numberLessThan: numbers((baseline, value) => value < baseline),
  numberLessThanEquals: numbers((baseline, value) => value <= baseline),
};
const branches = ["and", "or"];
const mostLevels = 4;
const mostChildren = 10;

/**
 * Whether a step's `if` lets it run. https://docs.aws.amazon.com/imagebuilder/latest/userguide/wfdoc-conditional.html
 * @throws UnknownReference
 */
export function isMet(condition: unknown, scope: WorkflowScope): boolean {
  if (condition === undefined) return true;
  const { operator, operand, value } = parts(condition);
  switch (operator) {
    case "and":
      return (operand as unknown[]).every((child) => isMet(child, scope));
    case "or":
      return (operand as unknown[]).some((child) => isMet(child, scope));
    case "not":
      return !isMet(operand, scope);
    default:
      return comparisons[operator]!(resolveValue(operand, scope), resolveValue(value, scope));
  }
}

/** @throws DocumentError */
export function checkCondition(condition: unknown, level = 1): void {
  if (condition === undefined) return;
  if (level > mostLevels) throw new DocumentError(`if: at most ${mostLevels} levels are allowed`);
  const { operator, operand } = parts(condition);
  if (operator === "not") return checkCondition(operand, level + 1);
  if (!branches.includes(operator)) return;
  if (!Array.isArray(operand) || operand.length === 0 || operand.length > mostChildren)
    throw new DocumentError(`if: '${operator}' takes a list of 1 to ${mostChildren} conditions`);
  for (const child of operand) checkCondition(child, level + 1);
}

/** A condition may be written as the one item of a list. */
function parts(condition: unknown): { operator: string; operand: unknown; value: unknown } {
  const only: unknown = Array.isArray(condition) && condition.length === 1 ? condition[0] : condition;
  const { value, ...rest }: Fields = fields(only, "if");
  const [operator, ...others] = Object.keys(rest);
  if (operator === undefined || others.length > 0)
    throw new DocumentError("if: a condition has exactly one operator");
  if (!(operator in comparisons) && operator !== "not" && !branches.includes(operator))
    throw new DocumentError(`if: unknown operator '${operator}'`);
  return { operator, operand: rest[operator], value };
}

function numbers(decide: (baseline: number, value: number) => boolean): Comparison {
  return (baseline, value) => {
    const [left, right] = [Number(baseline), Number(value)];
    return !Number.isNaN(left) && !Number.isNaN(right) && decide(left, right);
  };
}
