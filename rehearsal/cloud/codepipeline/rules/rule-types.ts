import type { RuleType } from "@aws-sdk/client-codepipeline";

interface RuleProvider {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly mostInputArtifacts: number;
  /** Whether an entry condition with this rule may skip its stage. */
  readonly maySkip: boolean;
}

/**
 * The rules that are carried out, with their configuration keys; of AWS's, `Commands` is not here.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html
 */
export const ruleProviders: Readonly<Record<string, RuleProvider>> = {
  CloudWatchAlarm: {
    required: ["AlarmName"],
    optional: ["AlarmStates", "WaitTime"],
    mostInputArtifacts: 0,
    maySkip: false,
  },
  DeploymentWindow: { required: ["Cron"], optional: ["TimeZone"], mostInputArtifacts: 0, maySkip: false },
  LambdaInvoke: {
    required: ["FunctionName"],
    optional: ["UserParameters"],
    mostInputArtifacts: 5,
    maySkip: true,
  },
  VariableCheck: {
    required: ["Variable", "Value", "Operator"],
    optional: [],
    mostInputArtifacts: 0,
    maySkip: true,
  },
};

/** What ListRuleTypes answers. */
export function ruleTypes(): RuleType[] {
  return Object.entries(ruleProviders).map(([provider, { required, optional, mostInputArtifacts }]) => ({
    id: { category: "Rule", owner: "AWS", provider, version: "1" },
    ruleConfigurationProperties: [...required, ...optional].map((name) => ({
      name,
      required: required.includes(name),
      key: false,
      secret: false,
      type: "String",
    })),
    inputArtifactDetails: { minimumCount: 0, maximumCount: mostInputArtifacts },
  }));
}
