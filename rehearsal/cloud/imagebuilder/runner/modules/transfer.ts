import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ActionModule, forEachInput, StepFailure, text } from "../action-module";
import { isFalse, machinePath, matches } from "./paths";

/**
 * CopyFile, MoveFile, CopyFolder and MoveFolder: one to a name, or those that match a wildcard into a folder
 * (`destination/`).
 */
export function transfer(
  name: string,
  kind: "file" | "folder",
  act: (from: string, to: string) => Promise<void>,
): ActionModule {
  return forEachInput(
    {
      source: { type: "string", required: true },
      destination: { type: "string", required: true },
      overwrite: { type: "boolean" },
    },
    async (input, context) => {
      const found = await matches(machinePath(input, "source", context));
      if (found.length === 0)
        throw new StepFailure(`${name}: source ${kind} ${text(input, "source")} does not exist`);
      const destination = machinePath(input, "destination", context);
      const intoFolder = text(input, "destination").endsWith("/");
      if (kind === "file" && found.length > 1 && !intoFolder)
        throw new StepFailure(
          `${name}: several files match ${text(input, "source")}; the destination must end with /`,
        );
      for (const from of found) {
        const target = intoFolder ? join(destination, basename(from)) : destination;
        if (existsSync(target) && isFalse(input.overwrite))
          throw new StepFailure(`${name}: ${context.machine.paths.outOfMachine(target)} already exists`);
        await mkdir(dirname(target), { recursive: true });
        await act(from, target);
      }
    },
  );
}
