import { parseArgs } from "node:util";
import { UserError } from "./user-error";

export interface RollbackArguments {
  readonly environment: string;
  /** Undefined: the release before the one that runs. */
  readonly version: string | undefined;
}

/** @throws UserError that says what is allowed */
export function parseRollback(args: readonly string[], environments: readonly string[]): RollbackArguments {
  const usage = `usage: npm run rollback -- ENVIRONMENT [VERSION]; environments: ${environments.join(", ")}`;
  let positionals: string[];
  try {
    ({ positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} }));
  } catch (error) {
    throw new UserError(`${(error as Error).message}; ${usage}`);
  }
  const [environment, version, ...more] = positionals;
  if (environment === undefined || more.length > 0) throw new UserError(usage);
  if (!environments.includes(environment))
    throw new UserError(
      `the configuration has no environment "${environment}"; allowed: ${environments.join(", ")}`,
    );
  if (version !== undefined && !/^\d+\.\d+\.\d+$/.test(version))
    throw new UserError(`the version is "${version}"; allowed: MAJOR.MINOR.PATCH, such as "1.0.7"`);
  return { environment, version };
}
