import type {
  CreateImagePipelineRequest,
  CreateImagePipelineResponse,
  DeleteImagePipelineRequest,
  DeleteImagePipelineResponse,
  GetImagePipelineRequest,
  GetImagePipelineResponse,
  ListImagePipelineImagesRequest,
  ListImagePipelineImagesResponse,
  ListImagePipelinesRequest,
  ListImagePipelinesResponse,
  StartImagePipelineExecutionRequest,
  StartImagePipelineExecutionResponse,
  UpdateImagePipelineRequest,
  UpdateImagePipelineResponse,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { imageSummary } from "../image-summary";
import { checkImageSettings, imageSettingPermissions, withTestDefaults } from "../image-settings";
import { listed } from "../listing";
import { creating, reading, tagging } from "../permissions";
import type { ServiceContext } from "../service-context";
import type { PipelineRecord } from "../store";

export function pipelineOperations(context: ServiceContext) {
  const { store, arns, tokens, baker } = context;

  const create: Operation<CreateImagePipelineRequest, CreateImagePipelineResponse> = {
    permissions: (input) => [
      ...creating("CreateImagePipeline", arns.pipeline(input.name!), input.tags),
      ...imageSettingPermissions(arns, store, input),
    ],
    run: (input) =>
      tokens.once("CreateImagePipeline", input, () => {
        checkImageSettings(store, input);
        const { clientToken, name, tags } = input;
        const arn = arns.pipeline(name!);
        const dateCreated = new Date().toISOString();
        store.pipelines.add({ ...pipelineSettings(input), arn, name: name!, dateCreated, tags: { ...tags } });
        return { clientToken, imagePipelineArn: arn };
      }),
  };

  const update: Operation<UpdateImagePipelineRequest, UpdateImagePipelineResponse> = {
    permissions: (input) => [
      ...reading("UpdateImagePipeline", input.imagePipelineArn!),
      ...imageSettingPermissions(arns, store, input),
    ],
    run: (input) =>
      tokens.once("UpdateImagePipeline", input, () => {
        const { arn, name, dateCreated, dateLastRun, tags } = store.pipelines.get(input.imagePipelineArn!);
        checkImageSettings(store, input);
        const dateUpdated = new Date().toISOString();
        store.pipelines.replace({
          ...pipelineSettings(input),
          arn,
          name,
          dateCreated,
          dateUpdated,
          dateLastRun,
          tags,
        });
        return { clientToken: input.clientToken, imagePipelineArn: arn };
      }),
  };

  const get: Operation<GetImagePipelineRequest, GetImagePipelineResponse> = {
    permissions: ({ imagePipelineArn }) => reading("GetImagePipeline", imagePipelineArn!),
    run: ({ imagePipelineArn }) => ({ imagePipeline: store.pipelines.get(imagePipelineArn!) }),
  };

  const remove: Operation<DeleteImagePipelineRequest, DeleteImagePipelineResponse> = {
    permissions: ({ imagePipelineArn }) => reading("DeleteImagePipeline", imagePipelineArn!),
    run({ imagePipelineArn }) {
      store.pipelines.remove(imagePipelineArn!, false);
      return { imagePipelineArn };
    },
  };

  const list: Operation<ListImagePipelinesRequest, ListImagePipelinesResponse> = {
    permissions: () => reading("ListImagePipelines", "*"),
    run(input) {
      const { items, next } = listed(store.pipelines.all(), input);
      return { imagePipelineList: items, nextToken: next };
    },
  };

  const listImages: Operation<ListImagePipelineImagesRequest, ListImagePipelineImagesResponse> = {
    permissions: ({ imagePipelineArn }) => reading("ListImagePipelineImages", imagePipelineArn!),
    run(input) {
      const { arn } = store.pipelines.get(input.imagePipelineArn!);
      const images = store.images.all().filter(({ sourcePipelineArn }) => sourcePipelineArn === arn);
      const { items, next } = listed(images.map(imageSummary), input);
      return { imageSummaryList: items, nextToken: next };
    },
  };

  const start: Operation<StartImagePipelineExecutionRequest, StartImagePipelineExecutionResponse> = {
    permissions: ({ imagePipelineArn, tags }) => [
      ...reading("StartImagePipelineExecution", imagePipelineArn!),
      ...reading("GetImagePipeline", imagePipelineArn!),
      // the tags go to the image, whose build number is not known yet
      ...tagging(
        `${store.pipelines.get(imagePipelineArn!).imageRecipeArn!.replace(":image-recipe/", ":image/")}/1`,
        tags,
      ),
    ],
    run: (input) =>
      tokens.once("StartImagePipelineExecution", input, () => {
        // whether it is enabled or not: that is about its schedule
        const pipeline = store.pipelines.get(input.imagePipelineArn!);
        const { arn } = baker.start({ ...pipeline, sourcePipeline: pipeline, tags: { ...input.tags } });
        pipeline.dateLastRun = new Date().toISOString();
        return { clientToken: input.clientToken, imageBuildVersionArn: arn };
      }),
  };

  return {
    CreateImagePipeline: create,
    UpdateImagePipeline: update,
    GetImagePipeline: get,
    DeleteImagePipeline: remove,
    ListImagePipelines: list,
    ListImagePipelineImages: listImages,
    StartImagePipelineExecution: start,
  };
}

type PipelineSettings = Omit<PipelineRecord, "arn" | "name" | "tags">;

/** Settings as they are read back; what is not given has the service's default. */
function pipelineSettings(input: CreateImagePipelineRequest | UpdateImagePipelineRequest): PipelineSettings {
  const { description, imageRecipeArn, infrastructureConfigurationArn, distributionConfigurationArn } = input;
  const { schedule, status, imageScanningConfiguration, executionRole, workflows } = input;
  return {
    description,
    platform: "Linux",
    imageRecipeArn,
    infrastructureConfigurationArn,
    distributionConfigurationArn,
    imageTestsConfiguration: withTestDefaults(input.imageTestsConfiguration),
    enhancedImageMetadataEnabled: input.enhancedImageMetadataEnabled ?? true,
    imageScanningConfiguration: imageScanningConfiguration ?? { imageScanningEnabled: false },
    schedule: schedule && {
      pipelineExecutionStartCondition: "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE",
      timezone: "UTC",
      ...schedule,
    },
    status: status ?? "ENABLED",
    executionRole,
    workflows,
    loggingConfiguration: input.loggingConfiguration,
    imageTags: input.imageTags,
  };
}
