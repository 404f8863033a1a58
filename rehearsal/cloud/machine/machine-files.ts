import { join } from "node:path";

/** Where a root directory keeps what a file system without root rights can't: owners, packages, what was asked. */
export const machineFiles = {
  folder: (root: string) => join(root, ".machine"),
  /** JSON: path → `{ owner, group }`; what is not listed belongs to root */
  owners: (root: string) => join(root, ".machine", "owners.json"),
  /** JSON: names of installed packages */
  packages: (root: string) => join(root, ".machine", "packages.json"),
  /** JSON lines: what the stand-ins were asked */
  requests: (root: string) => join(root, ".machine", "requests.jsonl"),
  /** The directory that absolute paths in the root's files point into. */
  location: (root: string) => join(root, ".machine", "location"),
} as const;

export interface StandInRequest {
  readonly tool: string;
  readonly arguments: readonly string[];
  readonly exitCode: number;
}
