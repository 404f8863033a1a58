import type {
  CreatePipelineInput,
  CreatePipelineOutput,
  DeletePipelineInput,
  GetPipelineInput,
  GetPipelineOutput,
  ListPipelinesInput,
  ListPipelinesOutput,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  TagResourceInput,
  UntagResourceInput,
  UpdatePipelineInput,
  UpdatePipelineOutput,
} from "@aws-sdk/client-codepipeline";
import { page } from "../../api/page";
import type { Operation, Permission } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { checkDeclaration } from "../declaration";
import type { PipelineEngine } from "../engine";
import type { PipelineStore } from "../store";

type TagList = readonly { key?: string | undefined; value?: string | undefined }[];

/** Creating, reading, changing and tagging pipelines. */
export function pipelineOperations(store: PipelineStore, engine: PipelineEngine, region: string) {
  const createPipeline: Operation<CreatePipelineInput, CreatePipelineOutput> = {
    permissions: ({ pipeline }) => withPassRole("CreatePipeline", store, pipeline!),
    run({ pipeline, tags }, call) {
      checkDeclaration(pipeline!, region);
      const record = store.create(pipeline!, tagMap(tags));
      engine.start(record, { trigger: { triggerType: "CreatePipeline", triggerDetail: call.caller.arn } });
      return { pipeline: record.declaration, tags: tags ?? [] };
    },
  };
  const updatePipeline: Operation<UpdatePipelineInput, UpdatePipelineOutput> = {
    permissions: ({ pipeline }) => withPassRole("UpdatePipeline", store, pipeline!),
    run({ pipeline }) {
      checkDeclaration(pipeline!, region);
      return { pipeline: store.update(pipeline!).declaration };
    },
  };
  const getPipeline: Operation<GetPipelineInput, GetPipelineOutput> = {
    permissions: ({ name }) => [{ action: "codepipeline:GetPipeline", resource: store.arnOf(name!) }],
    run({ name, version }) {
      const record = store.get(name!);
      const declaration =
        version === undefined || version === record.declaration.version
          ? record.declaration
          : record.versions.get(version);
      if (!declaration)
        throw new ServiceError(
          "PipelineVersionNotFoundException",
          `Pipeline ${name} has no version ${version}`,
        );
      return {
        pipeline: declaration,
        metadata: { pipelineArn: record.arn, created: record.created, updated: record.updated },
      };
    },
  };
  const deletePipeline: Operation<DeletePipelineInput, void> = {
    permissions: ({ name }) => [{ action: "codepipeline:DeletePipeline", resource: store.arnOf(name!) }],
    run({ name }) {
      const record = store.delete(name!);
      for (const execution of record?.executions ?? [])
        if (execution.status === "InProgress")
          engine.stop(record!, execution, true, "the pipeline was deleted");
    },
  };
  const listPipelines: Operation<ListPipelinesInput, ListPipelinesOutput> = {
    permissions: () => [{ action: "codepipeline:ListPipelines", resource: "*" }],
    run({ nextToken, maxResults }) {
      const pipelines = store.all().map(({ declaration, created, updated }) => ({
        name: declaration.name,
        version: declaration.version,
        pipelineType: declaration.pipelineType,
        executionMode: declaration.executionMode,
        created,
        updated,
      }));
      const { items, next } = page(pipelines, nextToken, maxResults ?? 1000, "InvalidNextTokenException");
      return { pipelines: items, nextToken: next };
    },
  };
  const listTagsForResource: Operation<ListTagsForResourceInput, ListTagsForResourceOutput> = {
    permissions: ({ resourceArn }) => [
      { action: "codepipeline:ListTagsForResource", resource: resourceArn! },
    ],
    run: ({ resourceArn }) => ({
      tags: [...store.byArn(resourceArn!).tags].map(([key, value]) => ({ key, value })),
    }),
  };
  const tagResource: Operation<TagResourceInput, object> = {
    permissions: ({ resourceArn }) => [{ action: "codepipeline:TagResource", resource: resourceArn! }],
    run({ resourceArn, tags }) {
      const record = store.byArn(resourceArn!);
      for (const [key, value] of tagMap(tags)) record.tags.set(key, value);
      return {};
    },
  };
  const untagResource: Operation<UntagResourceInput, object> = {
    permissions: ({ resourceArn }) => [{ action: "codepipeline:UntagResource", resource: resourceArn! }],
    run({ resourceArn, tagKeys }) {
      const record = store.byArn(resourceArn!);
      for (const key of tagKeys ?? []) record.tags.delete(key);
      return {};
    },
  };
  return {
    CreatePipeline: createPipeline,
    UpdatePipeline: updatePipeline,
    GetPipeline: getPipeline,
    DeletePipeline: deletePipeline,
    ListPipelines: listPipelines,
    ListTagsForResource: listTagsForResource,
    TagResource: tagResource,
    UntagResource: untagResource,
  };
}

/** Whoever hands a role to a pipeline must be allowed to pass it. */
function withPassRole(
  operation: string,
  store: PipelineStore,
  pipeline: { name?: string | undefined; roleArn?: string | undefined },
): Permission[] {
  return [
    { action: `codepipeline:${operation}`, resource: store.arnOf(pipeline.name!) },
    {
      action: "iam:PassRole",
      resource: pipeline.roleArn!,
      context: { "iam:PassedToService": "codepipeline.amazonaws.com" },
    },
  ];
}

function tagMap(tags: TagList | undefined): Map<string, string> {
  return new Map((tags ?? []).map((tag) => [tag.key!, tag.value ?? ""]));
}
