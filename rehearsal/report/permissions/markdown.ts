import type { MatrixRow, RowState } from "./matrix";

const titles: Readonly<Record<RowState, string>> = {
  used: "granted and used",
  unused: "granted and never used",
  "left to a drill": "granted and left to a drill",
  "unused by its drill": "granted and not used by its drill",
  "unused for a reason": "granted and never used, for a reason",
  "used against its reason": "granted and used, against its reason",
  denied: "asked and denied",
  "allowed without a grant": "allowed without a grant",
};

/** How many permissions of each state there are; that nothing is wrong is said as well. */
export function totals(matrix: readonly MatrixRow[]): string {
  const always: readonly RowState[] = ["used", "unused", "denied"];
  return (Object.keys(titles) as RowState[])
    .map((state) => [state, matrix.filter((row) => row.state === state).length] as const)
    .filter(([state, count]) => count > 0 || always.includes(state))
    .map(([state, count]) => `${count} ${titles[state]}`)
    .join(", ");
}

/** The matrix for people: a table a role. */
export function markdownOf(matrix: readonly MatrixRow[]): string {
  const roles = [...new Set(matrix.map(({ role }) => role))];
  const tables = roles.map((role) =>
    tableOf(
      role,
      matrix.filter((row) => row.role === role),
    ),
  );
  return ["# Permissions of this rehearsal", `${roles.length} roles: ${totals(matrix)}.`, ...tables]
    .join("\n\n")
    .concat("\n");
}

function tableOf(role: string, rows: readonly MatrixRow[]): string {
  const lines = rows.map(({ action, resources, state, count, usedBy = [], drill, reason }) =>
    [
      action,
      resources.map((resource) => `\`${resource}\``).join("<br>"),
      titles[state],
      count,
      usedBy.length > 0 ? usedBy.join(", ") : (drill ?? ""),
      reason ?? "",
    ].join(" | "),
  );
  return [
    `## ${role}`,
    "",
    "| Action | Resource | | Calls | Only in the drills | Why it stays |",
    "| --- | --- | --- | --: | --- | --- |",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}
