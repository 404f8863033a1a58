import type { ActionFunction, EnvironmentOf, ParametersOf } from "../../contract/functions";
import { configurationError } from "./action-failure";

/** @throws ActionFailure that names every environment variable that is missing or empty */
export function readEnvironment<F extends { readonly name: string; readonly environment: readonly string[] }>(
  definition: F,
  environment: NodeJS.ProcessEnv = process.env,
): EnvironmentOf<F> {
  const missing = definition.environment.filter((name) => !environment[name]?.trim());
  if (missing.length > 0)
    throw configurationError(
      `the function "${definition.name}" lacks the environment variables ${missing.join(", ")}`,
    );
  return pick(definition.environment, environment) as EnvironmentOf<F>;
}

/** @throws ActionFailure that names every user parameter that is missing, empty, unknown or no string */
export function readParameters<F extends ActionFunction>(
  definition: F,
  userParameters: string | undefined,
): ParametersOf<F> {
  const given = parseParameters(definition, userParameters);
  const allowed = definition.parameters.join(", ");
  const problems = [
    ...definition.parameters
      .filter((name) => !Object.hasOwn(given, name))
      .map((name) => `${name} is missing`),
    ...Object.entries(given).flatMap(([name, value]) => {
      if (!definition.parameters.includes(name)) return [`${name} is unknown`];
      if (typeof value !== "string") return [`${name} is no string`];
      // an output variable that its action never set stays as it is written
      if (/^#\{.*\}$/.test(value)) return [`${name} is the unresolved variable ${value}`];
      return value.trim() === "" ? [`${name} is empty`] : [];
    }),
  ];
  if (problems.length > 0)
    throw configurationError(
      `user parameters of "${definition.name}": ${problems.join(", ")}; allowed: ${allowed}`,
    );
  return given as ParametersOf<F>;
}

/** @throws ActionFailure when the value has not the form that is expected */
export function checkForm(name: string, value: string, form: RegExp, expected: string): string {
  if (!form.test(value)) throw configurationError(`${name} is "${value}"; expected: ${expected}`);
  return value;
}

function parseParameters(
  { name, parameters }: ActionFunction,
  text: string | undefined,
): Readonly<Record<string, unknown>> {
  const expected = `expected: a JSON object with ${parameters.join(", ")}`;
  if (!text?.trim())
    throw configurationError(`the action passes no user parameters to "${name}"; ${expected}`);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>;
  } catch {
    // the message below says it all
  }
  throw configurationError(
    `user parameters of "${name}" are no JSON object: ${text.slice(0, 200)}; ${expected}`,
  );
}

function pick(names: readonly string[], source: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, source[name]?.trim()]));
}
