import { existsSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type StepContext, StepFailure, text } from "../action-module";
import type { InputMap } from "../document";

/** A path as the step gives it, relative ones from the working directory, where it lies on the host. */
export function machinePath(input: InputMap, name: string, context: StepContext): string {
  return context.machine.paths.inRoot(resolve(context.workingDirectory, text(input, name)));
}

export function existing(input: InputMap, name: string, module: string, context: StepContext): string {
  const path = machinePath(input, name, context);
  if (!existsSync(path)) throw new StepFailure(`${module}: ${text(input, name)} does not exist`);
  return path;
}

/** Files that a path with wildcards in its last part names; without wildcards, the path if it exists. */
export async function matches(path: string): Promise<string[]> {
  if (!basename(path).includes("*")) return (await lstat(path).catch(() => undefined)) ? [path] : [];
  const wanted = wildcard(basename(path));
  const names = await readdir(dirname(path)).catch(() => []);
  return names.filter((name) => wanted.test(name)).map((name) => join(dirname(path), name));
}

export const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"))
      .join(".*")}$`,
  );
export const isTrue = (value: unknown): boolean => value === true || value === "true";
export const isFalse = (value: unknown): boolean => value === false || value === "false";
