import { chmod, lstat, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { existsSync } from "node:fs";
import { account, primaryGroup } from "../../../machine/accounts";
import { setOwner } from "../../../machine/owners";
import { type ActionModule, forEachInput, type StepContext, StepFailure, text } from "../action-module";
import type { InputMap } from "../document";

export const setFileOwner = owning("SetFileOwner", false);
export const setFolderOwner = owning("SetFolderOwner", true);
export const setFilePermissions = permitting("SetFilePermissions", false);
export const setFolderPermissions = permitting("SetFolderPermissions", true);

/** Records owner and group, where the input names them; the machine must know both. */
export function give(input: InputMap, path: string, context: StepContext, module: string): void {
  const { root } = context.machine.paths;
  const owner = named(root, "passwd", input.owner, module);
  const group = named(root, "group", input.group, module) ?? (owner && primaryGroup(root, owner));
  if (owner || group) setOwner(root, path, { ...(owner ? { owner } : {}), ...(group ? { group } : {}) });
}

/** `"0644"`: a string, because YAML reads a number with a leading zero in more than one way. */
export function mode(input: InputMap, module: string): number {
  const { permissions } = input;
  if (typeof permissions !== "string" || !/^[0-7]{3,4}$/.test(permissions))
    throw new StepFailure(
      `${module}: permissions must be a string of octal digits like "0644", not ${JSON.stringify(permissions)}`,
    );
  return Number.parseInt(permissions, 8);
}

function owning(module: string, folder: boolean): ActionModule {
  return forEachInput(
    {
      path: { type: "string", required: true },
      owner: { type: "string", required: true },
      group: { type: "string" },
      ...(folder ? { recursive: { type: "boolean" as const } } : {}),
    },
    async (input, context) => {
      for (const path of await targets(input, context, module, folder)) give(input, path, context, module);
    },
  );
}

function permitting(module: string, folder: boolean): ActionModule {
  return forEachInput(
    {
      path: { type: "string", required: true },
      permissions: { type: "string", required: true },
      ...(folder ? { recursive: { type: "boolean" as const } } : {}),
    },
    async (input, context) => {
      const permissions = mode(input, module);
      // deepest first: a folder that nobody may enter any more still has to be walked
      for (const path of (await targets(input, context, module, folder)).reverse())
        await chmod(path, permissions);
    },
  );
}

async function targets(
  input: InputMap,
  context: StepContext,
  module: string,
  folder: boolean,
): Promise<string[]> {
  const path = context.machine.paths.inRoot(resolve(context.workingDirectory, text(input, "path")));
  if (!existsSync(path)) throw new StepFailure(`${module}: ${text(input, "path")} does not exist`);
  if ((await lstat(path)).isDirectory() !== folder)
    throw new StepFailure(`${module}: ${text(input, "path")} is ${folder ? "not " : ""}a folder`);
  return folder && input.recursive !== false && input.recursive !== "false" ? below(path) : [path];
}

async function below(folder: string): Promise<string[]> {
  const found = [folder];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await below(path)));
    else if (!entry.isSymbolicLink()) found.push(path);
  }
  return found;
}

function named(
  root: string,
  database: "passwd" | "group",
  value: unknown,
  module: string,
): string | undefined {
  if (value === undefined) return undefined;
  const found = account(root, database, String(value))?.[0];
  if (!found)
    throw new StepFailure(
      `${module}: ${database === "passwd" ? "user: unknown user" : "group: unknown group"} ${String(value)}`,
    );
  return found;
}
