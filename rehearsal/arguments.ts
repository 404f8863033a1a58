import { parseArgs } from "node:util";
import { UserError } from "../cli/user-error";

export interface RehearsalArguments {
  /** Leave the cloud up at the end, instead of destroying everything. */
  readonly keep: boolean;
  /** End a cloud that was left up. */
  readonly stop: boolean;
  /** Names of the drills to carry out instead of the second release; `all` is all of them. */
  readonly drill?: readonly string[];
}

/** @throws UserError for an option that does not exist */
export function parseArguments(args: readonly string[]): RehearsalArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        keep: { type: "boolean", default: false },
        stop: { type: "boolean", default: false },
        drill: { type: "string", multiple: true },
      },
    });
    if (values.keep && values.stop) throw new Error("--keep and --stop exclude each other");
    if (values.drill && values.stop) throw new Error("--drill and --stop exclude each other");
    return values;
  } catch (error) {
    throw new UserError(`${(error as Error).message}; allowed: --keep, --stop, --drill NAME`);
  }
}
