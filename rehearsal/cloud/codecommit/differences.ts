import type { Difference } from "@aws-sdk/client-codecommit";
import type { TreeEntry } from "./bare-repository";

/** What changed between two sets of files, by path; a renamed file is a deleted and an added one. */
export function differences(
  before: ReadonlyMap<string, TreeEntry>,
  after: ReadonlyMap<string, TreeEntry>,
): Difference[] {
  const blob = (path: string, entry: TreeEntry | undefined) =>
    entry && { path, blobId: entry.id, mode: entry.mode };
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
    const [old, current] = [before.get(path), after.get(path)];
    if (old?.id === current?.id && old?.mode === current?.mode) return [];
    return [
      {
        beforeBlob: blob(path, old),
        afterBlob: blob(path, current),
        changeType: !old ? ("A" as const) : !current ? ("D" as const) : ("M" as const),
      },
    ];
  });
}
