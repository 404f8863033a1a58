import type { Condition, RuleDeclaration, StageDeclaration } from "@aws-sdk/client-codepipeline";
import { ServiceError } from "../api/service-error";
import { parseCron } from "./rules/cron";
import { calendarOf } from "./rules/deployment-window";
import { ruleProviders } from "./rules/rule-types";
import { isVariableOperator } from "./rules/variable-check";

const alarmStates = ["OK", "ALARM", "INSUFFICIENT_DATA"];

/**
 * The rules for a stage's conditions.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
 * @throws ServiceError InvalidStageDeclarationException
 */
export function checkConditions(stage: StageDeclaration): void {
  const { name, beforeEntry, onSuccess, onFailure } = stage;
  checkCondition(name!, "beforeEntry", beforeEntry?.conditions?.[0], ["FAIL", "SKIP"]);
  checkCondition(name!, "onSuccess", onSuccess?.conditions?.[0], ["ROLLBACK", "FAIL"]);
  const afterFailure = onFailure?.conditions?.[0];
  checkCondition(name!, "onFailure", afterFailure, ["ROLLBACK", "FAIL"], onFailure?.result);
  if (onFailure?.result === "SKIP")
    throw invalid(`Stage ${name} can't have the result SKIP on failure: only a beforeEntry condition can`);
  if (onFailure?.retryConfiguration && onFailure.result !== "RETRY")
    throw invalid(`Stage ${name} has a retry configuration without the result RETRY on failure`);
  if (onFailure?.result === "RETRY" && afterFailure)
    throw invalid(`Stage ${name} can't have both automatic retry and conditions on failure`);
}

function checkCondition(
  stage: string,
  kind: string,
  condition: Condition | undefined,
  results: readonly string[],
  fallback?: string,
): void {
  if (!condition) return;
  const result = condition.result ?? fallback;
  if (!result || !results.includes(result))
    throw invalid(
      `The ${kind} condition of stage ${stage} has the result ${result}: it can be ${results.join(" or ")}`,
    );
  const rules = condition.rules ?? [];
  if (rules.length === 0) throw invalid(`The ${kind} condition of stage ${stage} has no rules`);
  const twice = rules.find((rule, index) => rules.findIndex(({ name }) => name === rule.name) !== index);
  if (twice) throw invalid(`The rule name ${twice.name} in stage ${stage} is not unique`);
  for (const rule of rules) {
    const problem = ruleProblem(rule, result);
    if (problem) throw invalid(`Rule '${rule.name}' of the ${kind} condition of stage ${stage}: ${problem}`);
  }
}

function ruleProblem(rule: RuleDeclaration, result: string): string | undefined {
  const { category, owner = "AWS", provider = "", version = "1" } = rule.ruleTypeId!;
  const type = ruleProviders[provider];
  if (!type || category !== "Rule" || owner !== "AWS" || version !== "1")
    return `RuleType (Category: '${category}', Provider: '${provider}', Owner: '${owner}', Version: '${version}') is not available`;
  if (result === "SKIP" && !type.maySkip)
    return `a condition with the result SKIP can't have a ${provider} rule`;
  if (rule.commands) return "commands are for rules of the provider Commands only";
  if ((rule.inputArtifacts ?? []).length > type.mostInputArtifacts)
    return `it can have ${type.mostInputArtifacts} input artifacts at most`;
  const configuration = rule.configuration ?? {};
  const unknown = Object.keys(configuration).find(
    (key) => ![...type.required, ...type.optional].includes(key),
  );
  if (unknown) return `it contains unknown configuration '${unknown}'`;
  const missing = type.required.find((key) => configuration[key] === undefined);
  if (missing) return `it is missing required configuration '${missing}'`;
  return valueProblem(configuration);
}

function valueProblem(configuration: Readonly<Record<string, string>>): string | undefined {
  const {
    Operator: operator,
    AlarmStates: states,
    WaitTime: wait,
    Cron: cron,
    TimeZone: zone,
  } = configuration;
  if (operator !== undefined && !isVariableOperator(operator)) return `'${operator}' is not an operator`;
  const state = states?.split(",").find((candidate) => !alarmStates.includes(candidate.trim()));
  if (state !== undefined) return `'${state}' is not a state of an alarm`;
  if (wait !== undefined && !/^\d+$/.test(wait)) return `WaitTime is '${wait}', not a number of minutes`;
  try {
    if (cron !== undefined) parseCron(cron);
    if (zone !== undefined) calendarOf(zone);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

const invalid = (message: string): ServiceError =>
  new ServiceError("InvalidStageDeclarationException", message);
