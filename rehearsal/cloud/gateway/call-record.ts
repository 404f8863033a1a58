import { appendFileSync } from "node:fs";

/** One decision about one call, as CloudTrail would keep it. */
export interface CallDecision {
  /** ISO 8601 */
  readonly time: string;
  /** Who called; `anonymous` for unsigned requests. */
  readonly principal: string;
  /** `service:Operation` */
  readonly action: string;
  /** `?` where the emulator decided and does not say on what */
  readonly resource: string;
  readonly decision: "allowed" | "denied";
  readonly servedBy: "gateway" | "emulator";
}

/** Every decision of a run, one JSON document a line. */
export class CallRecord {
  constructor(private readonly file: string) {}

  add(decision: Omit<CallDecision, "time">): void {
    appendFileSync(this.file, `${JSON.stringify({ time: new Date().toISOString(), ...decision })}\n`);
  }
}
