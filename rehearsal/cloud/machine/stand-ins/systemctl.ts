import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseUnit } from "../unit-file";
import { findUnit, isEnabled, unitName, wantsLink } from "../units";
import { readOptions, UnknownOption } from "./options";
import type { StandIn, StandInMachine } from "./stand-in";

/** Answers of the machine's service manager to `POST /<verb>/<unit>`. */
interface ManagerAnswer {
  readonly state: "active" | "activating" | "inactive" | "failed";
  readonly failure?: string;
}

export const systemctl: StandIn = async (arguments_, machine) => {
  try {
    const { given, words } = readOptions(arguments_, {
      "--now": { name: "now" },
      "--no-pager": { name: "no-pager" },
      "-q": { name: "quiet" },
      "--quiet": { name: "quiet" },
      "--system": { name: "system" },
      "-l": { name: "full" },
      "--full": { name: "full" },
    });
    const [verb, ...names] = words;
    if (verb === "daemon-reload" || verb === "daemon-reexec" || verb === "reset-failed") return 0;
    const run = verb === undefined ? undefined : verbs[verb];
    if (!run) {
      machine.err(`Unknown command verb ${verb ?? ""}.\n`);
      return 1;
    }
    if (names.length === 0) {
      machine.err("Too few arguments.\n");
      return 1;
    }
    let code = 0;
    for (const name of names.map(unitName)) code = Math.max(code, await run(name, machine, given.has("now")));
    return code;
  } catch (error) {
    if (!(error instanceof UnknownOption)) throw error;
    machine.err(`systemctl: unrecognized option '${error.message}'\n`);
    return 1;
  }
};

type Verb = (unit: string, machine: StandInMachine, now: boolean) => number | Promise<number>;

const verbs: Readonly<Record<string, Verb>> = {
  async enable(unit, machine, now) {
    const file = findUnit(machine.root, unit);
    if (!file) {
      machine.err(`Failed to enable unit: Unit file ${unit} does not exist.\n`);
      return 1;
    }
    const wantedBy = parseUnit(readFileSync(file, "utf8")).values("Install", "WantedBy");
    if (wantedBy.length === 0)
      machine.err(
        "The unit files have no installation config (WantedBy=, RequiredBy=, Also=,\nAlias= settings in the [Install] section).\n",
      );
    for (const target of wantedBy.flatMap((line) => line.split(/\s+/))) {
      const link = wantsLink(machine.root, target, unit);
      if (existsSync(link)) continue;
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(file, link);
      machine.err(`Created symlink ${link} → ${file}.\n`);
    }
    return now ? start(unit, machine) : 0;
  },
  async disable(unit, machine, now) {
    const file = findUnit(machine.root, unit);
    if (!file) {
      machine.err(`Failed to disable unit: Unit file ${unit} does not exist.\n`);
      return 1;
    }
    for (const target of parseUnit(readFileSync(file, "utf8"))
      .values("Install", "WantedBy")
      .flatMap((line) => line.split(/\s+/))) {
      const link = wantsLink(machine.root, target, unit);
      if (!existsSync(link)) continue;
      rmSync(link);
      machine.err(`Removed ${link}.\n`);
    }
    return now ? stop(unit, machine) : 0;
  },
  "is-enabled"(unit, machine) {
    if (!findUnit(machine.root, unit)) {
      machine.err(`Failed to get unit file state for ${unit}: No such file or directory\n`);
      return 1;
    }
    const enabled = isEnabled(machine.root, unit);
    machine.out(enabled ? "enabled\n" : "disabled\n");
    return enabled ? 0 : 1;
  },
  async "is-active"(unit, machine) {
    const { state } = await ask("state", unit, machine);
    machine.out(`${state}\n`);
    return state === "active" ? 0 : 3;
  },
  start,
  stop,
  async restart(unit, machine) {
    const code = await stop(unit, machine);
    return code === 0 ? start(unit, machine) : code;
  },
  async status(unit, machine) {
    const file = findUnit(machine.root, unit);
    if (!file) {
      machine.err(`Unit ${unit} could not be found.\n`);
      return 4;
    }
    const { state } = await ask("state", unit, machine);
    const description = parseUnit(readFileSync(file, "utf8")).value("Unit", "Description") ?? unit;
    machine.out(`${unit} - ${description}\n     Loaded: loaded (${file})\n     Active: ${state}\n`);
    return state === "active" ? 0 : 3;
  },
  cat(unit, machine) {
    const file = findUnit(machine.root, unit);
    if (!file) {
      machine.err(`No files found for ${unit}.\n`);
      return 1;
    }
    machine.out(`# ${file}\n${readFileSync(file, "utf8")}`);
    return 0;
  },
};

export async function start(unit: string, machine: StandInMachine): Promise<number> {
  if (!findUnit(machine.root, unit)) {
    machine.err(`Failed to start ${unit}: Unit ${unit} not found.\n`);
    return 5;
  }
  const { failure } = await ask("start", unit, machine);
  if (failure === undefined) return 0;
  machine.err(
    `Job for ${unit} failed because ${failure}.\nSee "systemctl status ${unit}" and "journalctl -xeu ${unit}" for details.\n`,
  );
  return 1;
}

export async function stop(unit: string, machine: StandInMachine): Promise<number> {
  if (!findUnit(machine.root, unit)) {
    machine.err(`Failed to stop ${unit}: Unit ${unit} not loaded.\n`);
    return 5;
  }
  await ask("stop", unit, machine);
  return 0;
}

export async function ask(
  verb: "start" | "stop" | "state",
  unit: string,
  machine: StandInMachine,
): Promise<ManagerAnswer> {
  if (!machine.manager || !findUnit(machine.root, unit)) return { state: "inactive" };
  const response = await fetch(`${machine.manager}/${verb}/${encodeURIComponent(unit)}`, { method: "POST" });
  return (await response.json()) as ManagerAnswer;
}

/** `journalctl --unit`: what a service has written. */
export const journalctl: StandIn = (arguments_, machine) => {
  try {
    const { given } = readOptions(arguments_, {
      "-u": { name: "unit", value: true },
      "--unit": { name: "unit", value: true },
      "-n": { name: "lines", value: true },
      "--lines": { name: "lines", value: true },
      "-o": { name: "output", value: true },
      "--output": { name: "output", value: true },
      "-b": { name: "boot" },
      "--boot": { name: "boot" },
      "-x": { name: "catalog" },
      "-e": { name: "end" },
      "--no-pager": { name: "no-pager" },
    });
    const unit = given.get("unit");
    if (unit === undefined) {
      machine.out("-- No entries --\n");
      return 0;
    }
    const file = join(machine.logs ?? "", `${unitName(unit)}.log`);
    const text = machine.logs && existsSync(file) ? readFileSync(file, "utf8").trimEnd() : "";
    const lines = text === "" ? [] : text.split("\n");
    const wanted = given.get("lines") === undefined ? lines.length : Number(given.get("lines"));
    machine.out(lines.length === 0 ? "-- No entries --\n" : `${lines.slice(-wanted).join("\n")}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UnknownOption)) throw error;
    machine.err(`journalctl: unrecognized option '${error.message}'\n`);
    return 1;
  }
};
