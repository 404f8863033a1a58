import { type Health, unchecked } from "./target-health";

/** A registered target: an instance's port. */
export class Target {
  health: Health = unchecked;
  draining = false;
  private requests = 0;
  private readonly waiting: (() => void)[] = [];
  /** Ends the target's health checks. */
  readonly checks = new AbortController();

  constructor(
    readonly id: string,
    readonly port: number,
  ) {}

  /** Counts a request in; call what it returns when the request is over. */
  enter(): () => void {
    this.requests += 1;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.requests -= 1;
      if (this.requests === 0) this.waiting.splice(0).forEach((resolve) => resolve());
    };
  }

  /** Resolves when no request is in flight. */
  idle(): Promise<void> {
    return this.requests === 0 ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }
}
