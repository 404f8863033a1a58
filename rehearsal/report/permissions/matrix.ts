import type { Calls } from "./calls";
import type { Grant } from "./grants";

/** What became of a permission, or what was asked without one. */
export interface MatrixRow {
  readonly role: string;
  readonly action: string;
  readonly resources: readonly string[];
  readonly state: "used" | "unused" | "unused for a reason" | "denied" | "allowed without a grant";
  readonly count: number;
  readonly reason?: string;
}

/** Holds what was asked against what was granted. */
export function permissionMatrix(grants: readonly Grant[], calls: readonly Calls[]): MatrixRow[] {
  const ours = new Set(grants.map(({ role }) => role));
  const asked = calls.filter(({ role, action }) => ours.has(role) && !alwaysAllowed.has(action));
  const rows = [
    ...grants.map((grant) => rowOf(grant, asked)),
    ...asked.flatMap((call) => withoutGrant(call, grants)),
  ];
  return rows.sort(
    (one, other) => one.role.localeCompare(other.role) || one.action.localeCompare(other.action),
  );
}

/** What fails a rehearsal, one sentence each. */
export function findingsOf(matrix: readonly MatrixRow[]): string[] {
  return matrix.flatMap(({ role, action, resources, state, count }) => {
    const what = `${action} on ${resources.join(", ")}`;
    switch (state) {
      case "denied":
        return [`${role} was denied ${what} (${count} times): grant it, or don't ask for it`];
      case "unused":
        return [
          `${role} never used ${what}: remove the grant, or say why it stays in unusedInRehearsal beside it`,
        ];
      case "allowed without a grant":
        return [`${role} was allowed ${what} (${count} times), which no policy of ours grants`];
      default:
        return [];
    }
  });
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: no permission is asked for. */
const alwaysAllowed = new Set(["sts:GetCallerIdentity", "sts:GetSessionToken"]);

function rowOf(grant: Grant, calls: readonly Calls[]): MatrixRow {
  const { role, action, resources, unusedBecause } = grant;
  const used = calls.filter((call) => call.decision === "allowed" && covers(grant, call));
  const count = used.reduce((sum, call) => sum + call.count, 0);
  if (count > 0) return { role, action, resources, state: "used", count };
  return unusedBecause === undefined
    ? { role, action, resources, state: "unused", count }
    : { role, action, resources, state: "unused for a reason", count, reason: unusedBecause };
}

function withoutGrant(
  { role, action, resource, decision, count }: Calls,
  grants: readonly Grant[],
): MatrixRow[] {
  if (decision === "denied") return [{ role, action, resources: [resource], state: "denied", count }];
  if (grants.some((grant) => covers(grant, { role, action, resource }))) return [];
  return [{ role, action, resources: [resource], state: "allowed without a grant", count }];
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
