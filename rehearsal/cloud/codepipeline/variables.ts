import { ActionFailure } from "./action-failure";
import type { ExecutionRecord } from "./records";

const reference = /#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9@_.-]+)\}/g;

/**
 * Puts the values of an execution's variables into a configuration.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
 * @throws ActionFailure for a variable that no action before has produced
 */
export function resolveConfiguration(
  configuration: Readonly<Record<string, string>>,
  execution: ExecutionRecord,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(configuration).map(([key, text]) => [
      key,
      text.replace(reference, (whole, namespace: string, name: string) => {
        const value = valueOf(execution, namespace, name);
        if (value === undefined)
          throw new ActionFailure(
            "ConfigurationError",
            `The action configuration contains the variable reference ${whole}, which no action before it has produced`,
          );
        return value;
      }),
    ]),
  );
}

function valueOf(execution: ExecutionRecord, namespace: string, name: string): string | undefined {
  if (namespace === "codepipeline" && name === "PipelineExecutionId") return execution.id;
  if (namespace === "variables") return execution.pipelineVariables.get(name);
  return execution.namespaces.get(namespace)?.[name];
}
