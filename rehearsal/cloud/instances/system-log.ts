import { appendFileSync, mkdirSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Machine } from "../machine/machine";
import { Tail } from "./tail";

/** What rsyslog does while it is active: the output of all services goes to /var/log/messages. */
export class SystemLog {
  private readonly tails = new Map<string, Tail>();

  constructor(
    private readonly machine: Machine,
    private readonly hostName: string,
  ) {}

  /** @param last whether the machine has shut down, and its services with it */
  collect(last: boolean): void {
    const { machine, hostName } = this;
    if (!last && !machine.isActive("rsyslog.service")) return;
    const lines = this.units().flatMap(([unit, tail]) =>
      tail.newLines().map((line) => `${timestamp()} ${hostName} ${unit}: ${line}\n`),
    );
    if (lines.length === 0) return;
    const file = join(machine.root, "var/log/messages");
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, lines.join(""));
  }

  private units(): (readonly [unit: string, tail: Tail])[] {
    const suffix = ".service.log";
    const files = readdirSync(this.machine.logs).filter((name) => name.endsWith(suffix));
    return files.map((name) => {
      const tail = this.tails.get(name) ?? new Tail(join(this.machine.logs, name));
      this.tails.set(name, tail);
      return [basename(name, suffix), tail] as const;
    });
  }
}

/** As syslog writes it: `Nov 24 13:05:09`. */
function timestamp(): string {
  const [, day, month, , time] = new Date().toUTCString().split(" ");
  return `${month} ${day} ${time}`;
}
