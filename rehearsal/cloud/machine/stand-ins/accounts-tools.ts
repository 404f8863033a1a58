import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { account, accounts } from "../accounts";
import { MissingValue, type OptionTable, readOptions, UnknownOption } from "./options";
import type { StandIn, StandInMachine } from "./stand-in";

const accountName = /^[a-z_][a-z0-9_-]*\$?$/;

const useraddOptions: OptionTable = {
  "-r": { name: "system" },
  "--system": { name: "system" },
  "-U": { name: "user-group" },
  "--user-group": { name: "user-group" },
  "-N": { name: "no-user-group" },
  "--no-user-group": { name: "no-user-group" },
  "-m": { name: "create-home" },
  "--create-home": { name: "create-home" },
  "-M": { name: "no-create-home" },
  "--no-create-home": { name: "no-create-home" },
  "-d": { name: "home", value: true },
  "--home-dir": { name: "home", value: true },
  "--home": { name: "home", value: true },
  "-s": { name: "shell", value: true },
  "--shell": { name: "shell", value: true },
  "-u": { name: "uid", value: true },
  "--uid": { name: "uid", value: true },
  "-g": { name: "gid", value: true },
  "--gid": { name: "gid", value: true },
  "-G": { name: "groups", value: true },
  "--groups": { name: "groups", value: true },
  "-c": { name: "comment", value: true },
  "--comment": { name: "comment", value: true },
};

/** Exit codes as in useradd(8). */
export const useradd: StandIn = (arguments_, machine) =>
  reading("useradd", machine, () => {
    const { given, words } = readOptions(arguments_, useraddOptions);
    const [name] = words;
    if (words.length !== 1 || !name) return usage("useradd", "LOGIN", machine);
    if (!accountName.test(name)) {
      machine.err(`useradd: invalid user name '${name}': use --badname to ignore\n`);
      return 3;
    }
    const { root } = machine;
    if (account(root, "passwd", name)) {
      machine.err(`useradd: user '${name}' already exists\n`);
      return 9;
    }
    const uid = given.get("uid") ?? String(freeId(root, "passwd", given.has("system")));
    if (account(root, "passwd", uid)) {
      machine.err(`useradd: UID ${uid} is not unique\n`);
      return 4;
    }
    const wanted = [given.get("gid"), ...(given.get("groups")?.split(",") ?? [])];
    for (const group of wanted)
      if (group !== undefined && !account(root, "group", group)) {
        machine.err(`useradd: group '${group}' does not exist\n`);
        return 6;
      }
    const ownGroup = !given.has("gid") && !given.has("no-user-group");
    if (ownGroup && account(root, "group", name)) {
      machine.err(`useradd: group ${name} exists - if you want to add this user to that group, use -g.\n`);
      return 9;
    }
    const gid = ownGroup
      ? addGroup(root, name, given.has("system"))
      : (account(root, "group", given.get("gid") ?? "root")?.[2] ?? "0");
    const home = given.get("home") ?? machine.paths.inRoot(`/home/${name}`);
    const shell = given.get("shell") ?? "/bin/bash";
    append(root, "passwd", [name, "x", uid, gid, given.get("comment") ?? "", home, shell]);
    joinGroups(root, name, given.get("groups"));
    const makesHome = given.has("create-home") || (!given.has("system") && !given.has("no-create-home"));
    if (makesHome) mkdirSync(machine.paths.inRoot(home), { recursive: true });
    return 0;
  });

export const groupadd: StandIn = (arguments_, machine) =>
  reading("groupadd", machine, () => {
    const { given, words } = readOptions(arguments_, {
      "-r": { name: "system" },
      "--system": { name: "system" },
      "-f": { name: "force" },
      "--force": { name: "force" },
      "-g": { name: "gid", value: true },
      "--gid": { name: "gid", value: true },
    });
    const [name] = words;
    if (words.length !== 1 || !name) return usage("groupadd", "GROUP", machine);
    if (!accountName.test(name)) {
      machine.err(`groupadd: '${name}' is not a valid group name\n`);
      return 3;
    }
    if (account(machine.root, "group", name)) {
      if (given.has("force")) return 0;
      machine.err(`groupadd: group '${name}' already exists\n`);
      return 9;
    }
    addGroup(machine.root, name, given.has("system"), given.get("gid"));
    return 0;
  });

export const usermod: StandIn = (arguments_, machine) =>
  reading("usermod", machine, () => {
    const { given, words } = readOptions(arguments_, {
      "-a": { name: "append" },
      "--append": { name: "append" },
      "-L": { name: "lock" },
      "--lock": { name: "lock" },
      "-G": { name: "groups", value: true },
      "--groups": { name: "groups", value: true },
      "-s": { name: "shell", value: true },
      "--shell": { name: "shell", value: true },
      "-d": { name: "home", value: true },
      "--home": { name: "home", value: true },
    });
    const [name] = words;
    if (words.length !== 1 || !name || given.size === 0) return usage("usermod", "LOGIN", machine);
    const { root } = machine;
    if (!account(root, "passwd", name)) {
      machine.err(`usermod: user '${name}' does not exist\n`);
      return 6;
    }
    for (const group of given.get("groups")?.split(",") ?? [])
      if (!account(root, "group", group)) {
        machine.err(`usermod: group '${group}' does not exist\n`);
        return 6;
      }
    const entries = accounts(root, "passwd").map((entry) =>
      entry[0] === name
        ? [...entry.slice(0, 5), given.get("home") ?? entry[5] ?? "", given.get("shell") ?? entry[6] ?? ""]
        : entry,
    );
    write(root, "passwd", entries);
    joinGroups(root, name, given.get("groups"));
    return 0;
  });

export const getent: StandIn = (arguments_, machine) => {
  const [database, ...keys] = arguments_;
  if (database !== "passwd" && database !== "group") {
    machine.err(database ? `Unknown database: ${database}\n` : "getent: wrong number of arguments\n");
    return 1;
  }
  const found =
    keys.length === 0
      ? accounts(machine.root, database)
      : keys.map((key) => account(machine.root, database, key));
  for (const entry of found) if (entry) machine.out(`${entry.join(":")}\n`);
  return found.every((entry) => entry) ? 0 : 2;
};

export const id: StandIn = (arguments_, machine) => {
  const flags = arguments_
    .filter((word) => word.startsWith("-"))
    .join("")
    .replaceAll("-", "");
  const name = arguments_.find((word) => !word.startsWith("-")) ?? "root";
  const user = account(machine.root, "passwd", name);
  if (!user) {
    machine.err(`id: '${name}': no such user\n`);
    return 1;
  }
  const [userName, , uid, gid] = user;
  const group = account(machine.root, "group", gid ?? "")?.[0];
  const byName = flags.includes("n");
  if (flags.includes("u")) machine.out(`${byName ? userName : uid}\n`);
  else if (flags.includes("g")) machine.out(`${byName ? group : gid}\n`);
  else machine.out(`uid=${uid}(${userName}) gid=${gid}(${group}) groups=${gid}(${group})\n`);
  return 0;
};

function reading(tool: string, machine: StandInMachine, run: () => number): number {
  try {
    return run();
  } catch (error) {
    if (error instanceof UnknownOption) machine.err(`${tool}: unrecognized option '${error.message}'\n`);
    else if (error instanceof MissingValue)
      machine.err(`${tool}: option '${error.message}' requires an argument\n`);
    else throw error;
    return 2;
  }
}

function usage(tool: string, operand: string, machine: StandInMachine): number {
  machine.err(`Usage: ${tool} [options] ${operand}\n`);
  return 2;
}

function addGroup(
  root: string,
  name: string,
  system: boolean,
  gid = String(freeId(root, "group", system)),
): string {
  append(root, "group", [name, "x", gid, ""]);
  return gid;
}

/** Ids as AL2023 hands them out: system accounts from 999 down, people from 1001 up. */
function freeId(root: string, database: "passwd" | "group", system: boolean): number {
  const taken = new Set(accounts(root, database).map((entry) => Number(entry[2])));
  let candidate = system ? 999 : 1001;
  while (taken.has(candidate)) candidate += system ? -1 : 1;
  return candidate;
}

function joinGroups(root: string, user: string, groups: string | undefined): void {
  if (!groups) return;
  const wanted = groups.split(",");
  const entries = accounts(root, "group").map(([name = "", password = "", gid = "", members = ""]) => {
    const present = members.split(",").filter((member) => member !== "" && member !== user);
    return [name, password, gid, (wanted.includes(name) ? [...present, user] : members.split(",")).join(",")];
  });
  write(root, "group", entries);
}

function append(root: string, database: string, entry: readonly string[]): void {
  appendFileSync(join(root, "etc", database), `${entry.join(":")}\n`);
}

function write(root: string, database: string, entries: readonly (readonly string[])[]): void {
  writeFileSync(join(root, "etc", database), entries.map((entry) => `${entry.join(":")}\n`).join(""));
}
