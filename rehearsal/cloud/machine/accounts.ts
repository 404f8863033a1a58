import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The lines of /etc/passwd or /etc/group of a machine, split into fields. */
export function accounts(root: string, database: "passwd" | "group"): string[][] {
  const file = join(root, "etc", database);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":"));
}

/** The entry of a user or group, by name or by number. */
export function account(root: string, database: "passwd" | "group", key: string): string[] | undefined {
  return accounts(root, database).find(([name, , id]) => name === key || id === key);
}

/** The name of the group that a user belongs to first. */
export function primaryGroup(root: string, user: string): string | undefined {
  const groupId = account(root, "passwd", user)?.[3];
  return groupId === undefined ? undefined : account(root, "group", groupId)?.[0];
}
