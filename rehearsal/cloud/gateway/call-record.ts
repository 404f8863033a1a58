import { appendFileSync } from "node:fs";

/** One decision about one call, as CloudTrail would keep it. */
export interface CallDecision {
  /** ISO 8601 */
  readonly time: string;
  /** Who called; `anonymous` for requests that nobody, or nobody known, signed. */
  readonly principal: string;
  /** As IAM calls it: `s3:PutObject` */
  readonly action: string;
  readonly resource: string;
  readonly decision: "allowed" | "denied";
  readonly servedBy: "gateway" | "emulator";
}

/**
 * Every decision of a run, one JSON document a line. The emulator appends its own to the same file
 * (rehearsal/cloud/emulator/decisions.py).
 */
export class CallRecord {
  constructor(private readonly file: string) {}

  add(decision: Omit<CallDecision, "time">): void {
    appendFileSync(this.file, `${JSON.stringify({ time: new Date().toISOString(), ...decision })}\n`);
  }
}
