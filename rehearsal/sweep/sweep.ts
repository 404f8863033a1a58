import { setTimeout as pause } from "node:timers/promises";
import type { FaultReport, FaultRule } from "../cloud/faults/fault";
import { functionProcesses, signalProcess } from "../function-processes";
import { type Case, casesOf, isGeneric } from "./cases";
import { FaultClient } from "./fault-client";
import type { Lab } from "./lab";
import { type Run, startRun } from "./run";
import type { Found, RunEnd, Subject, Trial } from "./subject";

export interface SweepResult {
  readonly subject: string;
  readonly calls: readonly string[];
  /** Cases whose fault was met and that ended as they must. */
  readonly held: number;
  /** Stale reads that had nothing to be stale about. */
  readonly void: number;
  readonly failures: readonly string[];
}

/** What a busy machine may need. */
const patienceMilliseconds = 60_000;

/** Runs a subject once as it should go, and then once for every call of that run and every fault. */
export class Sweep {
  private readonly faults: FaultClient;
  private readonly functionName: string;

  constructor(
    private readonly lab: Lab,
    private readonly subject: Subject,
    /** Generic cases of functions that another sweep has taken. */
    private readonly taken = new Set<string>(),
  ) {
    const { endpoint } = lab.settings.options;
    this.functionName = `sweep-${subject.name}`;
    const callers = ["function", "action"].map((role) => `:assumed-role/sweep.${subject.name}.${role}/`);
    this.faults = new FaultClient(endpoint, subject.name, callers);
  }

  /** @param chosen the names of the cases to run */
  async run(chosen = /(?:)/, say: (text: string) => void = () => undefined): Promise<SweepResult> {
    await this.subject.deploy();
    const good = await this.goodRun();
    const failures: string[] = [];
    const counts = { held: 0, void: 0 };
    for (const one of casesOf(good.calls)) {
      if (!chosen.test(one.name) || !this.claims(one)) continue;
      const outcome = await this.try(one, good.found).catch((error: unknown) => `broke: ${String(error)}`);
      if (outcome === "held" || outcome === "void") counts[outcome] += 1;
      else failures.push(`${one.name}: ${outcome}`);
      say(`${one.name}: ${outcome}`);
    }
    const calls = good.calls.map(({ service, operation }) => `${service}:${operation}`);
    return { subject: this.subject.name, calls, ...counts, failures };
  }

  private claims(one: Case): boolean {
    if (!isGeneric(one)) return true;
    const key = `${this.subject.bundle} ${one.name}`;
    if (this.taken.has(key)) return false;
    this.taken.add(key);
    return true;
  }

  /** The second of two: the first one starts the function's process, and reads what nobody has read before. */
  private async goodRun(): Promise<{ calls: FaultReport["calls"]; found: Found }> {
    for (let round = 1; ; round++) {
      await this.faults.plan([]);
      const trial = await this.subject.begin();
      const end = await this.during(trial, await startRun(this.lab, this.subject, trial), (run) => run.end());
      const { calls } = await this.faults.report();
      const problem = this.problemOf(end);
      if (problem) throw new Error(`${this.subject.name} without any fault: ${problem}`);
      if (round === 2) return { calls, found: await trial.found(end) };
    }
  }

  /** @returns what is wrong, unless the case held */
  private async try(one: Case, expected: Found): Promise<string> {
    const trial = await this.subject.begin();
    await this.faults.plan(one.rules);
    const run = await startRun(this.lab, this.subject, trial);
    let end: RunEnd;
    let met = false;
    try {
      end = await this.during(trial, run, () => this.through(one, run, () => (met = true)));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    let retried = false;
    if (one.mayFail && end.status === "Failed" && !this.isExpected(end)) {
      if (!one.mayFail.test(end.reason)) return `failed for another reason: ${end.reason}`;
      retried = true;
      await this.faults.cancel();
      end = await this.during(trial, run, () => run.retry());
    }
    if (one.then === "abandon") return this.afterAbandonment(await trial.found(end), expected);
    const problem = this.problemOf(end);
    if (problem) return `${retried ? "after another try " : ""}${problem}`;
    if (!met) return one.optional ? "void" : "no call met the fault";
    const found = await trial.found(end);
    return textOf(found) === textOf(expected)
      ? "held"
      : `left ${textOf(found)} instead of ${textOf(expected)}`;
  }

  /** What came too late has made no more than it should have, and is in nobody's way. */
  private async afterAbandonment(late: Found, expected: Found): Promise<string> {
    // nobody has taken back what a run that fails would have taken back itself
    if (!this.subject.fails && late.things.length > expected.things.length)
      return `the late job made ${textOf(late)} instead of ${textOf(expected)}`;
    await this.faults.plan([]);
    const trial = await this.subject.begin();
    const end = await this.during(trial, await startRun(this.lab, this.subject, trial), (run) => run.end());
    const problem = this.problemOf(end);
    return problem ? `the run after it ${problem}` : "held";
  }

  private async during(trial: Trial, run: Run, action: (run: Run) => Promise<RunEnd>): Promise<RunEnd> {
    const ended = new AbortController();
    const [end] = await Promise.all([
      action(run).finally(() => ended.abort()),
      trial.meanwhile?.(ended.signal),
    ]);
    return end;
  }

  /** Does what the case asks for when its fault is met, and waits for the end. */
  private async through({ then, rules }: Case, run: Run, met: () => void): Promise<RunEnd> {
    if (then === undefined) {
      const end = await run.end();
      await this.settled(rules[0]!);
      if ((await this.faults.report()).met[0]) met();
      return end;
    }
    const ending = run.end();
    let ended = false;
    void ending.finally(() => (ended = true)).catch(() => undefined);
    // one more look at the end: where the answer itself is held, the execution may end first
    for (let last = false; !last;) {
      last = ended;
      const report = await this.faults.report();
      if (report.met[0] && (await this.react(then, report, run))) {
        if (rules[1]?.kind !== "stale") met();
        break;
      }
      await pause(30);
    }
    const end = await ending;
    const { met: each } = await this.faults.report();
    // where stale reads follow, the first rule only leads to them
    if (rules[1]?.kind === "stale" ? each.slice(1).includes(true) : each[0]) met();
    if (then !== "abandon") {
      await this.settled(rules[0]!);
      return end;
    }
    if (end.status !== "Stopped") throw new Error(`was not stopped but ${end.status}: ${end.reason}`);
    await this.answeredLate();
    return end;
  }

  /** @returns true when it is done */
  private async react(then: NonNullable<Case["then"]>, report: FaultReport, run: Run): Promise<boolean> {
    switch (then) {
      case "kill":
        for (const pid of await functionProcesses(this.lab.settings.directory, this.functionName))
          signalProcess(pid, "SIGKILL");
        return true;
      case "abandon":
        await run.abandon();
        return true;
      case "renew": {
        // Lambda gives a function new credentials before it delivers the event again
        const { operation = "", status = 0 } = report.calls.at(-1) ?? {};
        if (!operation.startsWith("PutJob") || status < 400) return false;
        await this.faults.plan([]);
        return true;
      }
    }
  }

  /** The function has answered a job that nobody waits for: once, without having to be told again. */
  private async answeredLate(): Promise<void> {
    const until = Date.now() + patienceMilliseconds;
    while (!(await this.answers()).some(({ status }) => status !== undefined)) {
      if (Date.now() > until) throw new Error("the late job was never answered");
      await pause(20);
    }
    await pause(500);
    const count = (await this.answers()).length;
    if (count !== 1) throw new Error(`the late job was answered ${count} times`);
  }

  /** Of two deliveries one is answered in vain: then both are over. */
  private async settled({ kind, operation = "" }: FaultRule): Promise<void> {
    const again = kind === "repeat" || (kind === "hold" && operation.startsWith("PutJob"));
    if (!again) return;
    const until = Date.now() + patienceMilliseconds;
    const refused = async () => (await this.answers()).some(({ status = 0 }) => status >= 400);
    while (!(await refused())) {
      if (Date.now() > until) throw new Error("the second delivery was never answered");
      await pause(30);
    }
  }

  private async answers(): Promise<FaultReport["calls"]> {
    return (await this.faults.report()).calls.filter(({ operation }) => operation.startsWith("PutJob"));
  }

  private isExpected({ status, reason }: RunEnd): boolean {
    const { fails } = this.subject;
    return fails ? status === "Failed" && fails.test(reason) : status === "Succeeded";
  }

  private problemOf(end: RunEnd): string | undefined {
    return this.isExpected(end) ? undefined : `ended ${end.status}: ${end.reason}`;
  }
}

const textOf = ({ things, state = [] }: Found): string => [...things, ...state].join(", ") || "nothing";
