import type {
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  TagResourceInput,
  UntagResourceInput,
} from "@aws-sdk/client-codecommit";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { onRepository, requestTags } from "../permissions";
import type { RepositoryStore } from "../store";

const maximumTags = 50;

/** Tags of repositories. */
export function tagOperations(store: RepositoryStore) {
  const nameOf = (arn: string): string => arn.split(":")[5] ?? "";

  const tagResource: Operation<TagResourceInput, void> = {
    permissions: ({ resourceArn, tags }) =>
      onRepository(store, "TagResource", nameOf(resourceArn!)).map((permission) => ({
        ...permission,
        context: { ...permission.context, ...requestTags(tags!) },
      })),
    run({ resourceArn, tags }) {
      const record = store.byArn(resourceArn!);
      const all = { ...Object.fromEntries(record.tags), ...tags };
      checkTags(all);
      record.tags = new Map(Object.entries(all));
    },
  };
  const untagResource: Operation<UntagResourceInput, void> = {
    permissions: ({ resourceArn, tagKeys }) =>
      onRepository(store, "UntagResource", nameOf(resourceArn!)).map((permission) => ({
        ...permission,
        context: { ...permission.context, "aws:TagKeys": [...tagKeys!] },
      })),
    run({ resourceArn, tagKeys }) {
      const { tags } = store.byArn(resourceArn!);
      for (const key of tagKeys!) tags.delete(key);
    },
  };
  const listTagsForResource: Operation<ListTagsForResourceInput, ListTagsForResourceOutput> = {
    permissions: ({ resourceArn }) => onRepository(store, "ListTagsForResource", nameOf(resourceArn!)),
    run: ({ resourceArn }) => ({ tags: Object.fromEntries(store.byArn(resourceArn!).tags) }),
  };
  return { TagResource: tagResource, UntagResource: untagResource, ListTagsForResource: listTagsForResource };
}

/** @throws ServiceError InvalidSystemTagUsageException, TooManyTagsException */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const keys = Object.keys(tags);
  const reserved = keys.find((key) => key.toLowerCase().startsWith("aws:"));
  if (reserved)
    throw new ServiceError("InvalidSystemTagUsageException", `The tag key ${reserved} is reserved by AWS`);
  if (keys.length > maximumTags)
    throw new ServiceError(
      "TooManyTagsException",
      `A repository has at most ${maximumTags} tags, not ${keys.length}`,
    );
}
