import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { reading } from "../permissions";
import type { ServiceContext } from "../service-context";

export function tagOperations({ store }: ServiceContext) {
  const listTagsForResource: Operation<ListTagsForResourceRequest, ListTagsForResourceResponse> = {
    permissions: ({ resourceArn }) => reading("ListTagsForResource", resourceArn!),
    run: ({ resourceArn }) => ({ tags: store.tagged(resourceArn!).tags }),
  };
  const tagResource: Operation<TagResourceRequest, object> = {
    permissions: ({ resourceArn }) => reading("TagResource", resourceArn!),
    run({ resourceArn, tags }) {
      Object.assign(store.tagged(resourceArn!).tags, tags);
      return {};
    },
  };
  const untagResource: Operation<UntagResourceRequest, object> = {
    permissions: ({ resourceArn }) => reading("UntagResource", resourceArn!),
    run({ resourceArn, tagKeys }) {
      const resource = store.tagged(resourceArn!);
      resource.tags = Object.fromEntries(
        Object.entries(resource.tags).filter(([key]) => !tagKeys!.includes(key)),
      );
      return {};
    },
  };
  return { ListTagsForResource: listTagsForResource, TagResource: tagResource, UntagResource: untagResource };
}
