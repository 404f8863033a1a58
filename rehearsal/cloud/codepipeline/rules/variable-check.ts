import { ActionFailure } from "../action-failure";
import type { RuleContext, RuleRunner } from "./rule-runner";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html */
const operators: Readonly<Record<string, (variable: string, value: string) => boolean>> = {
  EQ: (variable, value) => variable === value,
  NE: (variable, value) => variable !== value,
  CONTAINS: (variable, value) => variable.includes(value),
  MATCHES: (variable, value) => new RegExp(`^(?:${value})$`, "s").test(variable),
};

export const isVariableOperator = (operator: string): boolean => operators[operator] !== undefined;

export const variableCheck: RuleRunner = async ({ configuration }: RuleContext): Promise<string> => {
  const { Variable: variable = "", Value: value = "", Operator: operator = "" } = configuration;
  const summary = `'${variable}' ${operator} '${value}'`;
  let holds: boolean;
  try {
    holds = operators[operator]!(variable, value);
  } catch {
    throw new ActionFailure("ConfigurationError", `'${value}' is not a regular expression`);
  }
  if (!holds) throw new ActionFailure("RuleFailed", `The variable check does not hold: ${summary}`);
  return summary;
};
