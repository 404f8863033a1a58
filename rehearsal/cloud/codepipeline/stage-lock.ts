/** What an execution that waits for a stage is told. */
export type Entry = "entered" | "superseded" | "stopped" | "cancelled";

export type ExecutionMode = "QUEUED" | "SUPERSEDED" | "PARALLEL";

interface Waiter {
  readonly executionId: string;
  readonly mode: ExecutionMode;
  readonly resolve: (entry: Entry) => void;
}

/**
 * Lets one execution at a time into a stage. QUEUED keeps the order of arrival, SUPERSEDED lets a newer execution take
 * the place of the one that waits, PARALLEL does not lock.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
 */
export class StageLock {
  private holder: string | undefined;
  private waiting: Waiter[] = [];
  private open = true;

  enter(executionId: string, mode: ExecutionMode): Promise<Entry> {
    if (mode === "SUPERSEDED") this.dismiss("superseded");
    return new Promise((resolve) => {
      this.waiting.push({ executionId, mode, resolve });
      this.admit();
    });
  }

  /** Before all who wait, and in nobody's place: a rollback undoes what happened in the stage just now. */
  enterFirst(executionId: string, mode: ExecutionMode): Promise<Entry> {
    return new Promise((resolve) => {
      this.waiting.unshift({ executionId, mode, resolve });
      this.admit();
    });
  }

  leave(executionId: string): void {
    if (this.holder !== executionId) return;
    this.holder = undefined;
    this.admit();
  }

  /** An execution that is stopped no longer waits. */
  withdraw(executionId: string): void {
    this.dismiss("stopped", (waiter) => waiter.executionId === executionId);
  }

  /** Nobody waits any longer: the pipeline's structure was changed. */
  cancel(): void {
    this.dismiss("cancelled");
  }

  /** A disabled transition lets nobody in; those who arrive wait. */
  setOpen(open: boolean): void {
    this.open = open;
    this.admit();
  }

  /** Executions that wait, in order. */
  get queue(): readonly string[] {
    return this.waiting.map((waiter) => waiter.executionId);
  }

  private dismiss(entry: Entry, which: (waiter: Waiter) => boolean = () => true): void {
    const dismissed = this.waiting.filter(which);
    this.waiting = this.waiting.filter((waiter) => !dismissed.includes(waiter));
    for (const waiter of dismissed) waiter.resolve(entry);
  }

  private admit(): void {
    while (this.open && this.holder === undefined) {
      const next = this.waiting.shift();
      if (!next) return;
      if (next.mode !== "PARALLEL") this.holder = next.executionId;
      next.resolve("entered");
    }
  }
}
