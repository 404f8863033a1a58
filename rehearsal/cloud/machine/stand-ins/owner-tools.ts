import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { account, primaryGroup } from "../accounts";
import { ownerOf, setOwner } from "../owners";
import { readOptions, UnknownOption } from "./options";
import type { StandIn, StandInMachine } from "./stand-in";

const chownOptions = {
  "-R": { name: "recursive" },
  "--recursive": { name: "recursive" },
  "-h": { name: "no-dereference" },
  "--no-dereference": { name: "no-dereference" },
  "-v": { name: "verbose" },
} as const;

/** Remembers the owner that the kernel would not let us set. */
export const chown: StandIn = (arguments_, machine) =>
  change("chown", arguments_, machine, (wanted) => {
    const [owner = "", group] = wanted.split(/[:.]/);
    const knownOwner = owner === "" || account(machine.root, "passwd", owner);
    const knownGroup = !group || account(machine.root, "group", group);
    if (!knownOwner || (!knownGroup && owner !== "" && !account(machine.root, "passwd", owner)))
      return `chown: invalid user: '${wanted}'`;
    if (!knownGroup) return `chown: invalid group: '${wanted}'`;
    // `app:` means app and the group that app belongs to
    const given = wanted.endsWith(":") ? primaryGroup(machine.root, owner) : group;
    return { ...(owner ? { owner } : {}), ...(given ? { group: given } : {}) };
  });

export const chgrp: StandIn = (arguments_, machine) =>
  change("chgrp", arguments_, machine, (group) =>
    account(machine.root, "group", group) ? { group } : `chgrp: invalid group: '${group}'`,
  );

function change(
  tool: string,
  arguments_: readonly string[],
  machine: StandInMachine,
  parse: (wanted: string) => { owner?: string; group?: string } | string,
): number {
  try {
    const { given, words } = readOptions(arguments_, chownOptions);
    const [wanted, ...paths] = words;
    if (!wanted || paths.length === 0) {
      machine.err(wanted ? `${tool}: missing operand after '${wanted}'\n` : `${tool}: missing operand\n`);
      return 1;
    }
    const owner = parse(wanted);
    if (typeof owner === "string") {
      machine.err(`${owner}\n`);
      return 1;
    }
    let code = 0;
    for (const path of paths.map((each) => machine.paths.inRoot(resolve(each))))
      try {
        for (const each of given.has("recursive") ? tree(path) : [path]) {
          lstatSync(each);
          setOwner(machine.root, each, owner);
        }
      } catch {
        machine.err(`${tool}: cannot access '${path}': No such file or directory\n`);
        code = 1;
      }
    return code;
  } catch (error) {
    if (!(error instanceof UnknownOption)) throw error;
    machine.err(`${tool}: unrecognized option '${error.message}'\n`);
    return 1;
  }
}

/** `stat --format`: owners from memory, the rest from the file system. */
export const stat: StandIn = (arguments_, machine) => {
  try {
    const { given, words } = readOptions(arguments_, {
      "-c": { name: "format", value: true },
      "--format": { name: "format", value: true },
      "--printf": { name: "printf", value: true },
      "-L": { name: "dereference" },
      "--dereference": { name: "dereference" },
    });
    if (words.length === 0) {
      machine.err("stat: missing operand\n");
      return 1;
    }
    const format = given.get("format") ?? given.get("printf") ?? "%A %U %G %s %n";
    let code = 0;
    for (const path of words.map((each) => machine.paths.inRoot(resolve(each))))
      try {
        const text = describe(path, format, given.has("dereference"), machine);
        machine.out(given.has("printf") ? text.replaceAll("\\n", "\n") : `${text}\n`);
      } catch {
        machine.err(`stat: cannot statx '${path}': No such file or directory\n`);
        code = 1;
      }
    return code;
  } catch (error) {
    if (!(error instanceof UnknownOption)) throw error;
    machine.err(`stat: unrecognized option '${error.message}'\n`);
    return 1;
  }
};

function describe(path: string, format: string, follow: boolean, machine: StandInMachine): string {
  const status = follow ? statSync(path) : lstatSync(path);
  const { owner, group } = ownerOf(machine.root, path);
  const values: Readonly<Record<string, string>> = {
    U: owner,
    G: group,
    u: account(machine.root, "passwd", owner)?.[2] ?? owner,
    g: account(machine.root, "group", group)?.[2] ?? group,
    a: (status.mode & 0o7777).toString(8),
    n: path,
    s: String(status.size),
    F: status.isDirectory() ? "directory" : status.isSymbolicLink() ? "symbolic link" : "regular file",
    Y: String(Math.floor(status.mtimeMs / 1000)),
    "%": "%",
  };
  return format.replace(/%(.)/g, (sequence, letter: string) => values[letter] ?? sequence);
}

function tree(path: string): string[] {
  const status = lstatSync(path);
  if (!status.isDirectory()) return [path];
  return [path, ...readdirSync(path).flatMap((name) => tree(join(path, name)))];
}

const resolve = (path: string): string => (path.startsWith("/") ? path : join(process.cwd(), path));
