import { parseArgs } from "node:util";
import { UserError } from "../cli/user-error";

export interface RehearsalArguments {
  /** Leave the cloud up at the end, instead of destroying everything. */
  readonly keep: boolean;
  /** End a cloud that was left up. */
  readonly stop: boolean;
}

/** @throws UserError for an option that does not exist */
export function parseArguments(args: readonly string[]): RehearsalArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { keep: { type: "boolean", default: false }, stop: { type: "boolean", default: false } },
    });
    if (values.keep && values.stop) throw new Error("--keep and --stop exclude each other");
    return values;
  } catch (error) {
    throw new UserError(`${(error as Error).message}; allowed: --keep, --stop`);
  }
}
