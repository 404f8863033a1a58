import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ActionModule, forEachInput, StepFailure, text } from "../action-module";
import { existing, isFalse, isTrue, machinePath, matches } from "./files";
import { give, mode } from "./owners";

/** Keeps what an existing folder holds: the reference speaks of truncating one, AWSTOE makes missing folders only. */
export const createFolder: ActionModule = forEachInput(
  {
    path: { type: "string", required: true },
    owner: { type: "string" },
    group: { type: "string" },
    permissions: { type: "string" },
    overwrite: { type: "boolean" },
  },
  async (input, context) => {
    const path = machinePath(input, "path", context);
    const permissions = input.permissions === undefined ? 0o755 : mode(input, "CreateFolder");
    if (existsSync(path) && isFalse(input.overwrite))
      throw new StepFailure(
        `CreateFolder: folder ${text(input, "path")} already exists and overwrite is false`,
      );
    await mkdir(path, { recursive: true });
    await chmod(path, permissions);
    give(input, path, context, "CreateFolder");
  },
);

export const deleteFolder: ActionModule = forEachInput(
  { path: { type: "string", required: true }, force: { type: "boolean" } },
  async (input, context) => {
    const path = existing(input, "path", "DeleteFolder", context);
    if (!isTrue(input.force) && (await readdir(path)).length > 0)
      throw new StepFailure(`DeleteFolder: folder ${text(input, "path")} is not empty and force is not true`);
    await rm(path, { recursive: true });
  },
);

export const copyFolder = transfer("CopyFolder", (from, to) =>
  cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true }),
);
export const moveFolder = transfer("MoveFolder", async (from, to) => {
  await rm(to, { recursive: true, force: true });
  await rename(from, to);
});

function transfer(name: string, act: (from: string, to: string) => Promise<void>): ActionModule {
  return forEachInput(
    {
      source: { type: "string", required: true },
      destination: { type: "string", required: true },
      overwrite: { type: "boolean" },
    },
    async (input, context) => {
      const found = await matches(machinePath(input, "source", context));
      if (found.length === 0)
        throw new StepFailure(`${name}: source folder ${text(input, "source")} does not exist`);
      const intoFolder = text(input, "destination").endsWith("/");
      const destination = machinePath(input, "destination", context);
      for (const folder of found) {
        const target = intoFolder ? join(destination, basename(folder)) : destination;
        if (existsSync(target) && isFalse(input.overwrite))
          throw new StepFailure(`${name}: ${context.machine.paths.outOfMachine(target)} already exists`);
        await mkdir(dirname(target), { recursive: true });
        await act(folder, target);
      }
    },
  );
}
