/** One request of the load generator and what became of it. */
export interface Answer {
  /** When it was over: real milliseconds. */
  readonly at: number;
  /** HTTP status, or 0 without an answer. */
  readonly status: number;
  /** Version and instance that answered, when they say so. */
  readonly version: string | undefined;
  readonly instance: string | undefined;
  /** Why there was no answer. */
  readonly error?: string;
}

/** From when to when a version was seen. */
export interface VersionWindow {
  readonly version: string;
  readonly answers: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

export const hasFailed = ({ status }: Answer): boolean => status < 200 || status > 299;

/** What a stretch of load says: who failed when, and which version answered when. */
export class LoadReport {
  readonly failed: readonly Answer[];

  constructor(
    readonly answers: readonly Answer[],
    readonly seconds: number,
  ) {
    this.failed = answers.filter(hasFailed);
  }

  get rate(): number {
    return this.seconds === 0 ? 0 : this.answers.length / this.seconds;
  }

  /** Versions in the order in which they were first seen. */
  get versions(): readonly VersionWindow[] {
    const windows = new Map<string, VersionWindow>();
    for (const { version, at } of this.answers) {
      if (version === undefined) continue;
      const before = windows.get(version) ?? { version, answers: 0, firstAt: at, lastAt: at };
      windows.set(version, { ...before, answers: before.answers + 1, lastAt: at });
    }
    return [...windows.values()];
  }

  /** Failed requests by whoever answered them: an instance's id, or why nobody did. */
  get failuresBySource(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { instance, error, status } of this.failed) {
      const source = instance ?? error ?? `status ${status} of the load balancer`;
      counts.set(source, (counts.get(source) ?? 0) + 1);
    }
    return counts;
  }

  /** The part of it after a moment. */
  after(moment: number): LoadReport {
    const last = this.answers.at(-1)?.at ?? moment;
    return new LoadReport(
      this.answers.filter(({ at }) => at > moment),
      Math.max(0, last - moment) / 1000,
    );
  }

  /** `2 failed of 900 requests (i-1: 2)` */
  toString(): string {
    const sources = [...this.failuresBySource].map(([source, count]) => `${source}: ${count}`);
    const detail = sources.length === 0 ? "" : ` (${sources.join(", ")})`;
    return `${this.failed.length} failed of ${this.answers.length} requests${detail}`;
  }
}
