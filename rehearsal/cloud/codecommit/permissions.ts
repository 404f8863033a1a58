import type { Permission } from "../api/service";
import type { RepositoryStore } from "./store";

type Context = Readonly<Record<string, string | string[]>>;

/** What a call on a repository must be allowed to do; the repository's tags and the branch are in its context. */
export function onRepository(
  store: RepositoryStore,
  operation: string,
  name: string,
  branchName?: string,
): Permission[] {
  return [
    {
      action: `codecommit:${operation}`,
      resource: store.arnOf(name),
      context: {
        ...tagContext("aws:ResourceTag", store.find(name)?.tags ?? []),
        ...(branchName === undefined ? {} : { "codecommit:References": [`refs/heads/${branchName}`] }),
      },
    },
  ];
}

export function requestTags(tags: Readonly<Record<string, string>>): Context {
  const entries = Object.entries(tags);
  return { ...tagContext("aws:RequestTag", entries), "aws:TagKeys": entries.map(([key]) => key) };
}

const tagContext = (prefix: string, tags: Iterable<readonly [string, string]>): Context =>
  Object.fromEntries([...tags].map(([key, value]) => [`${prefix}/${key}`, value]));
