import { applicationTag, environmentTag, releaseTags, type ReleaseTags } from "../../contract/tags";

/** Longest tag value. EC2 counts Unicode characters; UTF-16 units are never fewer. */
export const tagValueLength = 256;

/**
 * Characters that every service takes in a tag's value; EC2 alone would take more.
 * https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
const refused = /[^\p{L}\p{N} _.:/=+\-@]+/gu;

/**
 * A tag value that reads as much like the text as a tag may: on one line, without what is not allowed, cut at the end.
 * Given its own result it changes nothing.
 */
export function tagValue(text: string): string {
  const cleaned = text
    .normalize("NFC")
    .replace(/['’`]/g, "")
    .replace(refused, " ")
    .replace(/ +/g, " ")
    .normalize("NFC"); // again: what was taken out may have kept two letters apart that now become one
  return cut(withoutReservedPrefix(cleaned), tagValueLength).trimEnd();
}

export interface Release {
  readonly application: string;
  readonly version: string;
  readonly repositoryName: string;
  readonly branchName: string;
  readonly commitId: string;
  readonly commitMessage: string;
  readonly authorDate: string;
  readonly committerDate: string;
  readonly artifactSha256: string;
}

/** Where a release comes from, as tags. */
export function tagsOf(release: Release): ReleaseTags {
  return {
    Application: tagValue(release.application),
    Name: tagValue(release.application),
    Version: tagValue(release.version),
    RepositoryName: tagValue(release.repositoryName),
    BranchName: tagValue(release.branchName),
    CommitId: tagValue(release.commitId),
    CommitMessage: tagValue(release.commitMessage),
    AuthorDate: tagValue(release.authorDate),
    CommitterDate: tagValue(release.committerDate),
    ArtifactSha256: tagValue(release.artifactSha256),
  };
}

/** The release tags among others, as an image carries them. */
export function releaseTagsAmong(tags: Readonly<Record<string, string>>): Partial<ReleaseTags> {
  return Object.fromEntries(
    releaseTags.flatMap((name) => (tags[name] === undefined ? [] : [[name, tags[name]]])),
  );
}

/**
 * Tags of what runs: the blueprint's, then those of the release and the environment. The blueprint's Name stays,
 * because it says more than the image's: which fleet this is.
 */
export function tagsOfInstance(
  blueprint: Readonly<Record<string, string>>,
  release: Partial<ReleaseTags>,
  environment: string,
): Record<string, string> {
  const { application, name } = { application: release[applicationTag] ?? "", name: blueprint.Name };
  return {
    ...blueprint,
    ...release,
    Name: name ?? tagValue(`${application}-${environment}`),
    [environmentTag]: tagValue(environment),
  };
}

/** A service's list of tags as a record. */
export function tagRecord(
  tags: readonly { readonly Key?: string; readonly Value?: string }[] = [],
): Record<string, string> {
  return Object.fromEntries(
    tags.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ""]])),
  );
}

/** AWS keeps values that begin with `aws:` for itself. */
function withoutReservedPrefix(text: string): string {
  return text.replace(/^(?: |aws:)+/i, "");
}

/** Never leaves half of a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
