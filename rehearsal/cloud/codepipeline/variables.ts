import { ActionFailure } from "./action-failure";
import type { ExecutionRecord } from "./records";

const reference = /#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9@_.-]+)\}/g;

/**
 * Puts the values of an execution's variables into a configuration.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
 * @throws ActionFailure for a variable that has no value: no action before has produced it, or nobody has given it
 */
export function resolveConfiguration(
  configuration: Readonly<Record<string, string>>,
  execution: ExecutionRecord,
  name: string,
): Record<string, string> {
  const missing: string[] = [];
  const resolved = Object.entries(configuration).map(([key, text]) => [
    key,
    text.replace(reference, (whole, namespace: string, variable: string) => {
      const value = valueOf(execution, namespace, variable);
      if (value === undefined) missing.push(whole);
      return value ?? whole;
    }),
  ]);
  if (missing.length > 0)
    throw new ActionFailure(
      "ConfigurationError",
      `An action in this pipeline failed because one or more variables could not be resolved: Action name=${name} (${missing.join(", ")})`,
    );
  return Object.fromEntries(resolved) as Record<string, string>;
}

/** The namespaces that a text refers to. */
export function referencedNamespaces(text: string): { namespace: string; reference: string }[] {
  return [...text.matchAll(reference)].map(([, namespace, name]) => ({
    namespace: namespace!,
    reference: `${namespace}.${name}`,
  }));
}

function valueOf(execution: ExecutionRecord, namespace: string, name: string): string | undefined {
  if (namespace === "codepipeline" && name === "PipelineExecutionId") return execution.id;
  if (namespace === "variables") return execution.pipelineVariables.get(name);
  return execution.namespaces.get(namespace)?.[name];
}
