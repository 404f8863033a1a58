import { existsSync, readFileSync } from "node:fs";
import { account } from "./accounts";
import type { MachinePaths } from "./machine-paths";
import { milliseconds, parseUnit, splitWords } from "./unit-file";

export interface ServiceCommand {
  readonly words: readonly string[];
  /** `ExecStartPre=-…`: a failure does not matter. */
  readonly mayFail: boolean;
}

/** What a unit file asks for, as far as a process of ours can honour it. Sandboxing is read by nobody here. */
export interface ServiceSettings {
  readonly type: string;
  readonly before: readonly ServiceCommand[];
  readonly start: ServiceCommand;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly user: string;
  readonly restart: string;
  readonly restartMilliseconds: number;
  readonly stopMilliseconds: number;
  readonly successCodes: ReadonlySet<number>;
  readonly successSignals: ReadonlySet<string>;
  readonly remainAfterExit: boolean;
}

/** Why a unit can't be started, in systemd's words. */
export class BadUnit extends Error {}

/** @throws BadUnit */
export function readService(text: string, paths: MachinePaths): ServiceSettings {
  const unit = parseUnit(paths.intoMachine(text));
  const startLine = unit.value("Service", "ExecStart");
  if (startLine === undefined) throw new BadUnit("the unit has no ExecStart= setting");
  const user = unit.value("Service", "User") ?? "root";
  if (!account(paths.root, "passwd", user))
    throw new BadUnit(
      `the control process exited with error code: status=217/USER, there is no user ${user}`,
    );
  const { codes, signals } = successes(unit.values("Service", "SuccessExitStatus"));
  return {
    type: unit.value("Service", "Type") ?? "simple",
    before: unit.values("Service", "ExecStartPre").map(command),
    start: command(startLine),
    environment: environment(
      unit.values("Service", "Environment"),
      unit.values("Service", "EnvironmentFile"),
      paths,
    ),
    workingDirectory: unit.value("Service", "WorkingDirectory")?.replace(/^-/, "") ?? paths.root,
    user,
    restart: unit.value("Service", "Restart") ?? "no",
    restartMilliseconds: milliseconds(unit.value("Service", "RestartSec"), 100),
    stopMilliseconds: milliseconds(
      unit.value("Service", "TimeoutStopSec") ?? unit.value("Service", "TimeoutSec"),
      90_000,
    ),
    successCodes: codes,
    successSignals: signals,
    remainAfterExit: unit.value("Service", "RemainAfterExit") === "yes",
  };
}

function command(line: string): ServiceCommand {
  const prefix = /^[-@:+!|]*/.exec(line)?.[0] ?? "";
  return { words: splitWords(line.slice(prefix.length)), mayFail: prefix.includes("-") };
}

function environment(
  assignments: readonly string[],
  files: readonly string[],
  paths: MachinePaths,
): Record<string, string> {
  const found: Record<string, string> = {};
  const add = (assignment: string): void => {
    const equals = assignment.indexOf("=");
    if (equals > 0) found[assignment.slice(0, equals)] = assignment.slice(equals + 1);
  };
  for (const line of assignments) splitWords(line).forEach(add);
  for (const file of files) {
    const path = paths.inRoot(file.replace(/^-/, ""));
    if (existsSync(path))
      for (const line of paths.intoMachine(readFileSync(path, "utf8")).split("\n"))
        if (!/^\s*[#;]/.test(line)) add(splitWords(line).join(" "));
    if (!existsSync(path) && !file.startsWith("-"))
      throw new BadUnit(`a file of EnvironmentFile= is missing: ${paths.outOfMachine(path)}`);
  }
  return found;
}

/** systemd takes SIGHUP, SIGINT, SIGTERM and SIGPIPE for a clean end of a service. */
function successes(lines: readonly string[]): { codes: Set<number>; signals: Set<string> } {
  const codes = new Set([0]);
  const signals = new Set(["SIGHUP", "SIGINT", "SIGTERM", "SIGPIPE"]);
  for (const word of lines.flatMap((line) => line.split(/\s+/)))
    if (/^\d+$/.test(word)) codes.add(Number(word));
    else signals.add(word);
  return { codes, signals };
}
