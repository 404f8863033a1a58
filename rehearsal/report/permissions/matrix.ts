import type { Calls } from "./calls";
import type { Grant } from "./grants";

export type RowState =
  | "used"
  | "unused"
  | "left to a drill"
  | "unused by its drill"
  | "unused for a reason"
  | "used against its reason"
  | "denied"
  | "allowed without a grant";

/** What became of a permission, or what was asked without one. */
export interface MatrixRow {
  readonly role: string;
  readonly action: string;
  readonly resources: readonly string[];
  readonly state: RowState;
  readonly count: number;
  /** Drills that used it, where the rehearsal itself did not. */
  readonly usedBy?: readonly string[];
  /** The drill that it is for. */
  readonly drill?: string;
  readonly reason?: string;
}

/** What was carried out beside the rehearsal itself. */
export interface DrillsRun {
  readonly names: ReadonlySet<string>;
  /** Whether every permission had to be used, but for those with a reason: in a rehearsal, and when all drills are run. */
  readonly complete: boolean;
}

/** Holds what was asked against what was granted. */
export function permissionMatrix(
  grants: readonly Grant[],
  calls: readonly Calls[],
  drills: DrillsRun,
): MatrixRow[] {
  const ours = new Set(grants.map(({ role }) => role));
  const asked = calls.filter(({ role, action }) => ours.has(role) && !alwaysAllowed.has(action));
  const rows = [
    ...grants.flatMap((grant) => rowOf(grant, asked, drills)),
    ...asked.flatMap((call) => withoutGrant(call, grants)),
  ];
  return rows.sort(
    (one, other) => one.role.localeCompare(other.role) || one.action.localeCompare(other.action),
  );
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: no permission is asked for. */
const alwaysAllowed = new Set(["sts:GetCallerIdentity", "sts:GetSessionToken"]);

/** None for a permission that this run says nothing about. */
function rowOf(grant: Grant, calls: readonly Calls[], drills: DrillsRun): MatrixRow[] {
  const { role, action, resources, unusedBecause, usedByDrill } = grant;
  const used = calls.filter((call) => call.decision === "allowed" && covers(grant, call));
  const count = used.reduce((sum, call) => sum + call.count, 0);
  const usedBy = used.some(({ drill }) => drill === undefined)
    ? []
    : [...new Set(used.map(({ drill }) => drill!))];
  const row = {
    role,
    action,
    resources,
    count,
    ...(usedBy.length === 0 ? {} : { usedBy }),
    ...(usedByDrill === undefined ? {} : { drill: usedByDrill }),
    ...(unusedBecause === undefined ? {} : { reason: unusedBecause }),
  };
  const state = stateOf(grant, used, drills);
  return state === undefined ? [] : [{ ...row, state }];
}

function stateOf(
  { unusedBecause, usedByDrill }: Grant,
  used: readonly Calls[],
  { names, complete }: DrillsRun,
): RowState | undefined {
  if (unusedBecause !== undefined) return used.length > 0 ? "used against its reason" : "unused for a reason";
  if (usedByDrill !== undefined && names.has(usedByDrill))
    return used.some(({ drill }) => drill === usedByDrill) ? "used" : "unused by its drill";
  if (used.length > 0) return "used";
  if (usedByDrill !== undefined) return "left to a drill";
  return complete ? "unused" : undefined;
}

function withoutGrant(
  { role, action, resource, decision, drill, count }: Calls,
  grants: readonly Grant[],
): MatrixRow[] {
  const row = {
    role,
    action,
    resources: [resource],
    count,
    ...(drill === undefined ? {} : { usedBy: [drill] }),
  };
  if (decision === "denied") return [{ ...row, state: "denied" }];
  if (grants.some((grant) => covers(grant, { role, action, resource }))) return [];
  return [{ ...row, state: "allowed without a grant" }];
}

/** By role, action and resource; conditions were the evaluator's to judge. */
function covers(grant: Grant, call: Pick<Calls, "role" | "action" | "resource">): boolean {
  return (
    grant.role === call.role &&
    grant.action.toLowerCase() === call.action.toLowerCase() &&
    // a service that takes no resource is asked about all of them
    grant.patterns.some((pattern) => matches(pattern, call.resource))
  );
}

function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(text);
}
