import { installedPackages, mayExist, savePackages, unpack } from "./packages";
import { MissingValue, type OptionTable, readOptions, UnknownOption } from "./options";
import type { StandIn } from "./stand-in";

const options: OptionTable = {
  "-y": { name: "yes" },
  "--assumeyes": { name: "yes" },
  "-q": { name: "quiet" },
  "--quiet": { name: "quiet" },
  "-v": { name: "verbose" },
  "--best": { name: "best" },
  "--nobest": { name: "nobest" },
  "--allowerasing": { name: "allowerasing" },
  "--skip-broken": { name: "skip-broken" },
  "--refresh": { name: "refresh" },
  "--security": { name: "security" },
  "--bugfix": { name: "bugfix" },
  "--nogpgcheck": { name: "nogpgcheck" },
  "--installed": { name: "installed" },
  "--releasever": { name: "releasever", value: true },
  "--setopt": { name: "setopt", value: true },
  "--enablerepo": { name: "enablerepo", value: true },
  "--disablerepo": { name: "disablerepo", value: true },
  "--exclude": { name: "exclude", value: true },
  "-x": { name: "exclude", value: true },
};

/** dnf and yum: installing keeps a list of packages; nothing is downloaded. */
export const dnf: StandIn = (arguments_, machine) => {
  try {
    const { given, words } = readOptions(arguments_, options);
    const [command, ...names] = words;
    switch (command) {
      case undefined:
        machine.err("usage: dnf [options] COMMAND\n");
        return 1;
      case "install":
      case "reinstall":
        return install(names);
      case "remove":
      case "erase":
        return remove(names);
      case "update":
      case "upgrade":
        return upgrade(names);
      case "clean":
        return clean(names);
      case "makecache":
        machine.out("Metadata cache created.\n");
        return 0;
      case "check-update":
        return 0;
      case "list":
        return list(names);
      default:
        machine.err(`No such command: ${command}. Please use /usr/bin/dnf --help\n`);
        return 1;
    }

    function install(wanted: readonly string[]): number {
      if (wanted.length === 0) return needPackages("install");
      const missing = wanted.filter((name) => !mayExist(name));
      for (const name of missing) machine.err(`No match for argument: ${name}\n`);
      if (missing.length > 0) {
        machine.err(`Error: Unable to find a match: ${missing.join(" ")}\n`);
        return 1;
      }
      const present = installedPackages(machine.root);
      const added = wanted.filter((name) => !present.includes(name));
      if (added.length === 0) {
        machine.out("Dependencies resolved.\nNothing to do.\nComplete!\n");
        return 0;
      }
      if (!confirmed()) return 1;
      savePackages(machine.root, [...present, ...added]);
      for (const name of added) unpack(machine.root, name);
      machine.out(`Installed:\n${added.map((name) => `  ${name}\n`).join("")}\nComplete!\n`);
      return 0;
    }

    function remove(unwanted: readonly string[]): number {
      if (unwanted.length === 0) return needPackages("remove");
      const present = installedPackages(machine.root);
      const removed = unwanted.filter((name) => present.includes(name));
      for (const name of unwanted)
        if (!present.includes(name)) machine.out(`No match for argument: ${name}\n`);
      if (removed.length === 0) {
        machine.out("No packages marked for removal.\nDependencies resolved.\nNothing to do.\nComplete!\n");
        return 0;
      }
      if (!confirmed()) return 1;
      savePackages(
        machine.root,
        present.filter((name) => !removed.includes(name)),
      );
      machine.out(`Removed:\n${removed.map((name) => `  ${name}\n`).join("")}\nComplete!\n`);
      return 0;
    }

    function upgrade(wanted: readonly string[]): number {
      const present = installedPackages(machine.root);
      const missing = wanted.filter((name) => !present.includes(name));
      for (const name of missing) machine.err(`No match for argument: ${name}\n`);
      if (missing.length > 0) {
        machine.err("Error: No packages marked for upgrade.\n");
        return 1;
      }
      machine.out("Dependencies resolved.\nNothing to do.\nComplete!\n");
      return 0;
    }

    function clean(kinds: readonly string[]): number {
      const known = ["all", "dbcache", "expire-cache", "metadata", "packages"];
      if (kinds.length > 0 && kinds.every((kind) => known.includes(kind))) {
        machine.out("0 files removed\n");
        return 0;
      }
      machine.err(`dnf clean: error: argument {${known.join(",")}}: a cache to clean is required\n`);
      return 1;
    }

    function list(wanted: readonly string[]): number {
      const names = wanted.filter((word) => word !== "installed" && word !== "--installed");
      const found = installedPackages(machine.root).filter(
        (name) => names.length === 0 || names.includes(name),
      );
      if (found.length === 0) {
        machine.err("Error: No matching Packages to list\n");
        return 1;
      }
      machine.out(`Installed Packages\n${found.map((name) => `${name}\n`).join("")}`);
      return 0;
    }

    function needPackages(name: string): number {
      machine.err(`dnf ${name}: error: the following arguments are required: PACKAGE\n`);
      return 1;
    }

    /** A bake has no terminal to answer on: dnf reads the end of its input and gives up. */
    function confirmed(): boolean {
      if (given.has("yes")) return true;
      machine.out("Is this ok [y/N]: ");
      machine.err("Operation aborted.\n");
      return false;
    }
  } catch (error) {
    if (error instanceof UnknownOption) machine.err(`dnf: error: unrecognized arguments: ${error.message}\n`);
    else if (error instanceof MissingValue)
      machine.err(`dnf: error: argument ${error.message}: expected one argument\n`);
    else throw error;
    return 1;
  }
};
