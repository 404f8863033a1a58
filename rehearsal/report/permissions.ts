import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { callsOfRoles, readCalls } from "./permissions/calls";
import { readGrants } from "./permissions/grants";
import { markdownOf, totals } from "./permissions/markdown";
import { findingsOf, permissionMatrix } from "./permissions/matrix";

export interface PermissionCheckSettings {
  /** Every decision of the run; see CallRecord. */
  readonly callsFile: string;
  /** The synthesized stacks. */
  readonly outputDirectory: string;
  /** Where permissions.md and permissions.json go. */
  readonly reportDirectory: string;
}

export interface PermissionCheck {
  /** One sentence for each permission that was missing or that nobody needed; none in a good run. */
  readonly findings: readonly string[];
  /** Of the matrix, in a line. */
  readonly totals: string;
}

/** Writes the permission matrix: what the roles were granted, what they used, and what they were denied. */
export function checkPermissions(settings: PermissionCheckSettings): PermissionCheck {
  const { callsFile, outputDirectory, reportDirectory } = settings;
  const matrix = permissionMatrix(readGrants(outputDirectory), callsOfRoles(readCalls(callsFile)));
  writeFileSync(join(reportDirectory, "permissions.json"), `${JSON.stringify(matrix, undefined, 2)}\n`);
  writeFileSync(join(reportDirectory, "permissions.md"), markdownOf(matrix));
  return { findings: findingsOf(matrix), totals: totals(matrix) };
}
