interface ActionProvider {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Least and most. */
  readonly inputArtifacts: readonly [number, number];
  readonly outputArtifacts: readonly [number, number];
  /** Settings that AWS has and that can't be served here: the values that are taken. */
  readonly onlyServed?: Readonly<Record<string, string>>;
  /** Whether an action without such a setting would be something that can't be served. */
  readonly mustSay?: readonly string[];
}

/**
 * The actions that are carried out, by `Category/Provider`, with their configuration keys.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html
 */
export const actionProviders: Readonly<Record<string, ActionProvider>> = {
  "Source/CodeCommit": {
    required: ["RepositoryName", "BranchName"],
    optional: ["PollForSourceChanges", "OutputArtifactFormat"],
    inputArtifacts: [0, 0],
    outputArtifacts: [1, 1],
    onlyServed: { PollForSourceChanges: "false", OutputArtifactFormat: "CODE_ZIP" },
    mustSay: ["PollForSourceChanges"],
  },
  "Build/CodeBuild": {
    required: ["ProjectName"],
    optional: ["PrimarySource", "BatchEnabled", "CombineArtifacts", "EnvironmentVariables"],
    inputArtifacts: [1, 1],
    outputArtifacts: [0, 1],
    onlyServed: { BatchEnabled: "false", CombineArtifacts: "false" },
  },
  "Invoke/Lambda": {
    required: ["FunctionName"],
    optional: ["UserParameters"],
    inputArtifacts: [0, 5],
    outputArtifacts: [0, 5],
  },
  "Approval/Manual": {
    required: [],
    optional: ["NotificationArn", "CustomData", "ExternalEntityLink"],
    inputArtifacts: [0, 0],
    outputArtifacts: [0, 0],
  },
};

/** What is wrong with an action's configuration and the numbers of its artifacts. */
export function providerViolations(
  type: string,
  name: string,
  configuration: Readonly<Record<string, string>>,
  artifacts: { readonly input: number; readonly output: number },
): string[] {
  const {
    required,
    optional,
    inputArtifacts,
    outputArtifacts,
    onlyServed = {},
    mustSay = [],
  } = actionProviders[type]!;
  const given = Object.keys(configuration);
  const action = `Action configuration for action '${name}'`;
  return [
    ...given
      .filter((key) => ![...required, ...optional].includes(key))
      .map((key) => `${action} contains unknown configuration '${key}'`),
    ...required
      .filter((key) => !given.includes(key))
      .map((key) => `${action} is missing required configuration '${key}'`),
    ...Object.entries(onlyServed)
      .filter(
        ([key, value]) => configuration[key] !== value && (given.includes(key) || mustSay.includes(key)),
      )
      .map(([key, value]) => `${action}: only the value '${value}' of ${key} can be served here`),
    ...outside(artifacts.input, inputArtifacts, `Action '${name}' can have`, "input artifacts"),
    ...outside(artifacts.output, outputArtifacts, `Action '${name}' can have`, "output artifacts"),
  ];
}

function outside(
  count: number,
  [least, most]: readonly [number, number],
  who: string,
  what: string,
): string[] {
  return count < least || count > most ? [`${who} ${least} to ${most} ${what} here, and has ${count}`] : [];
}
