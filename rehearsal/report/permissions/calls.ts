import { readFileSync } from "node:fs";
import type { CallDecision } from "../../cloud/gateway/call-record";

/** A drill, and when it began: ISO 8601. */
export interface DrillStart {
  readonly name: string;
  readonly at: string;
}

/** Calls of one role that differ in nothing but the time and the session. */
export interface Calls {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly decision: CallDecision["decision"];
  /** The drill during which they were made; undefined before the first, and in a rehearsal without any. */
  readonly drill: string | undefined;
  readonly count: number;
}

export function readCalls(callsFile: string): CallDecision[] {
  const lines = readFileSync(callsFile, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as CallDecision);
}

/**
 * The calls of roles; the account and users have no policy of ours.
 * @param drills in the order in which they began. What comes after the last one is its consequence, and counts to it.
 */
export function callsOfRoles(
  decisions: readonly CallDecision[],
  drills: readonly DrillStart[] = [],
): Calls[] {
  const counted = new Map<string, Calls>();
  for (const { time, principal, action, resource, decision } of decisions) {
    const role = /:assumed-role\/([^/]+)\//.exec(principal)?.[1];
    if (role === undefined) continue;
    const drill = drills.findLast(({ at }) => at <= time)?.name;
    const key = JSON.stringify([role, action, resource, decision, drill]);
    const count = (counted.get(key)?.count ?? 0) + 1;
    counted.set(key, { role, action, resource, decision, drill, count });
  }
  return [...counted.values()];
}
