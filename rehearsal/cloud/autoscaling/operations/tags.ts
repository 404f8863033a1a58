import type {
  CreateOrUpdateTagsType,
  DeleteTagsType,
  DescribeTagsType,
  Tag,
  TagsType,
} from "@aws-sdk/client-auto-scaling";
import { page } from "../../api/page";
import type { Operation, Permission } from "../../api/service";
import { describeTags } from "../descriptions";
import type { Group } from "../group";
import { describing, type GroupStore, invalid } from "../group-store";

export function setTags(group: Group, tags: readonly Tag[]): void {
  for (const { Key, Value, PropagateAtLaunch } of tags)
    group.tags.set(Key!, { key: Key!, value: Value ?? "", propagateAtLaunch: PropagateAtLaunch ?? false });
}

/** Tags of groups. */
export function tagOperations(store: GroupStore) {
  const permissions = (operation: string, tags: readonly Tag[]): Permission[] =>
    [...new Set(tags.map(({ ResourceId }) => ResourceId ?? ""))].map((name) => {
      const own = tags.filter(({ ResourceId }) => ResourceId === name);
      return store.permission(operation, name, {
        "aws:TagKeys": own.map(({ Key }) => Key!),
        ...Object.fromEntries(own.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value ?? ""])),
      });
    });
  const groupOf = (tag: Tag): Group => {
    if (!tag.ResourceId) throw invalid("ResourceId is required");
    return store.get(tag.ResourceId);
  };

  const createOrUpdateTags: Operation<CreateOrUpdateTagsType, void> = {
    permissions: ({ Tags }) => permissions("CreateOrUpdateTags", Tags!),
    run({ Tags }) {
      const groups = Tags!.map(groupOf);
      Tags!.forEach((tag, index) => setTags(groups[index]!, [tag]));
    },
  };
  const deleteTags: Operation<DeleteTagsType, void> = {
    permissions: ({ Tags }) => permissions("DeleteTags", Tags!),
    run({ Tags }) {
      const groups = Tags!.map(groupOf);
      Tags!.forEach((tag, index) => groups[index]!.tags.delete(tag.Key!));
    },
  };
  const describeTagsOperation: Operation<DescribeTagsType, TagsType> = {
    permissions: () => describing("DescribeTags"),
    run({ Filters, NextToken, MaxRecords }) {
      const asked = store
        .all()
        .flatMap(describeTags)
        .filter((tag) =>
          (Filters ?? []).every(({ Name, Values = [] }) => {
            switch (Name) {
              case "auto-scaling-group":
                return Values.includes(tag.ResourceId!);
              case "key":
                return Values.includes(tag.Key!);
              case "value":
                return Values.includes(tag.Value!);
              case "propagate-at-launch":
                return Values.includes(String(tag.PropagateAtLaunch));
              default:
                throw invalid(`Filter ${Name} is not supported`);
            }
          }),
        );
      const { items, next } = page(asked, NextToken, MaxRecords ?? 50, "InvalidNextToken");
      return { Tags: items, NextToken: next };
    },
  };
  return {
    CreateOrUpdateTags: createOrUpdateTags,
    DeleteTags: deleteTags,
    DescribeTags: describeTagsOperation,
  };
}
