import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

const unitFolders = ["etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system"];

export const unitName = (name: string): string => (/\.\w+$/.test(name) ? name : `${name}.service`);

export function findUnit(root: string, unit: string): string | undefined {
  return unitFolders.map((folder) => join(root, folder, unit)).find((file) => existsSync(file));
}

export const wantsLink = (root: string, target: string, unit: string): string =>
  join(root, "etc/systemd/system", `${target}.wants`, unit);

export function isEnabled(root: string, unit: string): boolean {
  return enabledUnits(root).includes(unit);
}

/** Services that start at boot: what multi-user.target wants. */
export function enabledUnits(root: string): string[] {
  const folder = join(root, "etc/systemd/system/multi-user.target.wants");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter(
    (name) => lstatSync(join(folder, name)).isSymbolicLink() && findUnit(root, name),
  );
}
