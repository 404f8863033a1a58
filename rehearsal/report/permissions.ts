import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { callsOfRoles, type DrillStart, readCalls } from "./permissions/calls";
import { findingsOf } from "./permissions/findings";
import { readGrants } from "./permissions/grants";
import { markdownOf, totals } from "./permissions/markdown";
import { permissionMatrix } from "./permissions/matrix";

export interface PermissionCheckSettings {
  /** Every decision of the run; see CallRecord. */
  readonly callsFile: string;
  /** The synthesized stacks. */
  readonly outputDirectory: string;
  /** Where permissions.md and permissions.json go. */
  readonly reportDirectory: string;
  /** The drills that were carried out, in this order; none in a rehearsal without. */
  readonly drills: readonly DrillStart[];
  /** Whether the run had to use every permission that has no reason beside it. */
  readonly complete: boolean;
}

export interface PermissionCheck {
  /** One sentence for each permission that was missing or that nobody needed; none in a good run. */
  readonly findings: readonly string[];
  /** Of the matrix, in a line. */
  readonly totals: string;
}

/** Writes the permission matrix: what the roles were granted, what they used, and what they were denied. */
export function checkPermissions(settings: PermissionCheckSettings): PermissionCheck {
  const { callsFile, outputDirectory, reportDirectory, drills, complete } = settings;
  const matrix = permissionMatrix(readGrants(outputDirectory), callsOfRoles(readCalls(callsFile), drills), {
    names: new Set(drills.map(({ name }) => name)),
    complete,
  });
  writeFileSync(join(reportDirectory, "permissions.json"), `${JSON.stringify(matrix, undefined, 2)}\n`);
  writeFileSync(join(reportDirectory, "permissions.md"), markdownOf(matrix));
  return { findings: findingsOf(matrix), totals: totals(matrix) };
}
