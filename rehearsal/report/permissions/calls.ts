import { readFileSync } from "node:fs";
import type { CallDecision } from "../../cloud/gateway/call-record";

/** Calls of one role that differ in nothing but the time and the session. */
export interface Calls {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly decision: CallDecision["decision"];
  readonly count: number;
}

export function readCalls(callsFile: string): CallDecision[] {
  const lines = readFileSync(callsFile, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as CallDecision);
}

/** The calls of roles; the account and users have no policy of ours. */
export function callsOfRoles(decisions: readonly CallDecision[]): Calls[] {
  const counted = new Map<string, Calls>();
  for (const { principal, action, resource, decision } of decisions) {
    const role = /:assumed-role\/([^/]+)\//.exec(principal)?.[1];
    if (role === undefined) continue;
    const key = [role, action, resource, decision].join(" ");
    const count = (counted.get(key)?.count ?? 0) + 1;
    counted.set(key, { role, action, resource, decision, count });
  }
  return [...counted.values()];
}
