import { createHash } from "node:crypto";

/** What a client token is made from. */
export interface Attempt {
  readonly executionId: string;
  readonly functionName: string;
  readonly jobId: string;
}

/**
 * A client token for one call: the same for the same execution, function, job and purpose, and shaped like a UUID,
 * which every service takes.
 *
 * Lambda may deliver a job twice (its asynchronous queue does so, and it retries an invocation that died). Both
 * deliveries have the job's id, so the second call gets what the first one made. The retry of a stage is a new job and
 * may start a new attempt: with the execution's id alone it would be handed the failed attempt again.
 */
export function clientToken(attempt: Attempt, purpose: string): string {
  const source = JSON.stringify([attempt.executionId, attempt.functionName, attempt.jobId, purpose]);
  const hex = createHash("sha256").update(source).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
