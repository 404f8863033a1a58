import { configurationError } from "./action-failure";

/** What an action that waits tells its next invocation. */
export interface Continuation<State extends string> {
  readonly state: Readonly<Record<State, string>>;
  /** Checks in a row that failed for a passing reason. */
  readonly misses: number;
}

interface Token {
  readonly function?: unknown;
  readonly execution?: unknown;
  readonly misses?: unknown;
  readonly state?: unknown;
}

/** CodePipeline takes 2,048 characters. */
export function encodeContinuation<State extends string>(
  functionName: string,
  executionId: string,
  { state, misses }: Continuation<State>,
): string {
  return JSON.stringify({ function: functionName, execution: executionId, misses, state });
}

/** @throws ActionFailure for a token that this function did not make for this execution */
export function decodeContinuation<State extends string>(
  text: string,
  functionName: string,
  executionId: string,
  fields: readonly State[],
): Continuation<State> {
  const token = parse(text);
  if (token === undefined)
    throw configurationError(`the continuation token is not one of ours: ${text.slice(0, 100)}`);
  if (token.function !== functionName || token.execution !== executionId) {
    const maker = `"${String(token.function)}" in execution "${String(token.execution)}"`;
    throw configurationError(
      `the continuation token was made by ${maker}; this is "${functionName}" in execution "${executionId}"`,
    );
  }
  const given: Readonly<Record<string, unknown>> = isObject(token.state) ? token.state : {};
  const wrong = fields.filter((field) => typeof given[field] !== "string");
  if (wrong.length > 0) throw configurationError(`the continuation token lacks ${wrong.join(", ")}`);
  const state = Object.fromEntries(fields.map((field) => [field, given[field]])) as Record<State, string>;
  return { state, misses: typeof token.misses === "number" ? token.misses : 0 };
}

function parse(text: string): Token | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
