import type { ImageSummary } from "@aws-sdk/client-imagebuilder";
import type { ImageRecord } from "./store";

export function imageSummary(image: ImageRecord): ImageSummary {
  const { arn, name, type, version, platform, osVersion, state, dateCreated, outputResources, tags } = image;
  return {
    arn,
    name,
    type,
    version,
    platform,
    osVersion,
    state,
    owner: arn.split(":")[4],
    dateCreated,
    outputResources,
    tags,
    buildType: image.buildType,
    imageSource: image.imageSource,
    deprecationTime: image.deprecationTime,
    lifecycleExecutionId: image.lifecycleExecutionId,
  };
}
