import { CommandFailure } from "./command";
import type { Progress } from "./progress";

export interface Step {
  readonly name: string;
  readonly seconds: number;
}

/** A step of the rehearsal failed: what, why, and where its log is. */
export class StepFailure extends Error {
  constructor(
    readonly step: string,
    readonly reason: string,
    readonly logFile: string | undefined,
  ) {
    super(`${step}: ${reason}`);
    this.name = "StepFailure";
  }
}

/** Runs the steps one after the other and keeps how long each took. */
export class Steps {
  readonly done: Step[] = [];

  constructor(
    private readonly progress: Progress,
    private readonly signal: AbortSignal,
  ) {}

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    const start = performance.now();
    try {
      const result = await work();
      const seconds = (performance.now() - start) / 1000;
      this.done.push({ name, seconds });
      this.progress.line(name, `done in ${seconds.toFixed(1)} s`);
      return result;
    } catch (error) {
      this.signal.throwIfAborted();
      if (error instanceof CommandFailure)
        throw new StepFailure(name, `${error.message}\n${error.lastLines}`, error.logFile);
      throw new StepFailure(name, error instanceof Error ? error.message : String(error), undefined);
    }
  }
}
