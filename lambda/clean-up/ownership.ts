import { applicationTag } from "../../contract/tags";

type Tags = Readonly<Record<string, string>> | undefined;

export function isOwnedBy(application: string, tags: Tags): boolean {
  return tags?.[applicationTag] === application;
}

/** Why something with such tags is kept. */
export function ownedByOther(application: string, tags: Tags): string {
  return `its tag ${applicationTag} is "${tags?.[applicationTag] ?? ""}", not "${application}"`;
}
