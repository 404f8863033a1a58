import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { machineFiles } from "./machine-files";

export interface Owner {
  readonly owner: string;
  readonly group: string;
}

/** Who a file belongs to on the machine. Everything is made by root there, so that is what unlisted files belong to. */
export function ownerOf(root: string, path: string): Owner {
  return read(root)[relative(root, path)] ?? { owner: "root", group: "root" };
}

export function setOwner(root: string, path: string, change: Partial<Owner>): void {
  const owners = read(root);
  owners[relative(root, path)] = { ...ownerOf(root, path), ...change };
  const file = machineFiles.owners(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(owners));
}

function read(root: string): Record<string, Owner> {
  const file = machineFiles.owners(root);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, Owner>) : {};
}
