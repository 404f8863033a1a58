/** What an execution that waits for a stage is told. */
export type Entry = "entered" | "superseded" | "stopped";

interface Waiter {
  readonly executionId: string;
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

  enter(executionId: string, mode: "QUEUED" | "SUPERSEDED" | "PARALLEL"): Promise<Entry> {
    return new Promise((resolve) => {
      if (mode === "PARALLEL" && this.open) return resolve("entered");
      if (mode === "SUPERSEDED") {
        for (const waiter of this.waiting) waiter.resolve("superseded");
        this.waiting = [];
      }
      this.waiting.push({ executionId, resolve });
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
    const withdrawn = this.waiting.filter((waiter) => waiter.executionId === executionId);
    this.waiting = this.waiting.filter((waiter) => waiter.executionId !== executionId);
    for (const waiter of withdrawn) waiter.resolve("stopped");
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

  private admit(): void {
    if (!this.open || this.holder !== undefined) return;
    const next = this.waiting.shift();
    if (!next) return;
    this.holder = next.executionId;
    next.resolve("entered");
  }
}
