import type { MatrixRow } from "./matrix";

const titles: Readonly<Record<MatrixRow["state"], string>> = {
  used: "granted and used",
  unused: "granted and never used",
  "unused for a reason": "granted and never used, for a reason",
  denied: "asked and denied",
  "allowed without a grant": "allowed without a grant",
};

/** How many permissions of each state there are. */
export function totals(matrix: readonly MatrixRow[]): string {
  return (Object.keys(titles) as MatrixRow["state"][])
    .map((state) => `${matrix.filter((row) => row.state === state).length} ${titles[state]}`)
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
  const lines = rows.map(({ action, resources, state, count, reason }) =>
    [
      action,
      resources.map((resource) => `\`${resource}\``).join("<br>"),
      titles[state],
      count,
      reason ?? "",
    ].join(" | "),
  );
  return [
    `## ${role}`,
    "",
    "| Action | Resource | | Calls | Why it stays |",
    "| --- | --- | --- | --: | --- |",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}
