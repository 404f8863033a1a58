import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { type ActionModule, forEachInput, StepFailure, text } from "../action-module";
import { give, mode } from "./owners";
import { existing, isFalse, isTrue, machinePath } from "./paths";
import { transfer } from "./transfer";

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

export const copyFolder = transfer("CopyFolder", "folder", (from, to) =>
  cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true }),
);
export const moveFolder = transfer("MoveFolder", "folder", async (from, to) => {
  await rm(to, { recursive: true, force: true });
  await rename(from, to);
});
