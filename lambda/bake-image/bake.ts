import {
  GetImageCommand,
  StartImagePipelineExecutionCommand,
  type Image,
  type ImagebuilderClient,
  type ImageStatus,
} from "@aws-sdk/client-imagebuilder";
import type { bakeImageFunction } from "../../contract/functions";
import { applicationTag } from "../../contract/tags";
import { jobFailed } from "../shared/action-failure";
import type { Request, Result } from "../shared/action-handler";
import { clientToken } from "../shared/client-token";
import { unlessMissing } from "../shared/errors";
import { eventually } from "../shared/eventually";
import { isSameArn } from "../shared/image-builder-arn";
import { pointPipelineTo } from "../shared/image-pipeline";

export type BakeRequest = Request<typeof bakeImageFunction, "imageArn">;
export type BakeResult = Result<typeof bakeImageFunction, "imageArn">;

const underWay: ReadonlySet<ImageStatus> = new Set<ImageStatus>([
  "PENDING",
  "CREATING",
  "BUILDING",
  "TESTING",
  "DISTRIBUTING",
  "INTEGRATING",
]);

export async function startBake(
  imageBuilder: ImagebuilderClient,
  { environment, parameters, attempt }: BakeRequest,
): Promise<BakeResult> {
  const { IMAGE_PIPELINE_ARN: imagePipelineArn } = environment;
  const { ImageRecipeArn, Version } = parameters;
  const pipeline = await pointPipelineTo(
    imageBuilder,
    imagePipelineArn,
    ImageRecipeArn,
    clientToken(attempt, "pipeline"),
  );
  const application = pipeline.tags?.[applicationTag];
  const { imageBuildVersionArn: imageArn } = await imageBuilder.send(
    new StartImagePipelineExecutionCommand({
      imagePipelineArn,
      clientToken: clientToken(attempt, "execution"),
      // what a lifecycle policy selects by
      tags: { Version, ...(application === undefined ? {} : { [applicationTag]: application }) },
    }),
  );
  if (!imageArn) throw jobFailed(`Image Builder returned no image for ${imagePipelineArn}`);
  return { state: { imageArn }, summary: `image ${Version} is being made`, externalExecutionId: imageArn };
}

export async function followBake(
  imageBuilder: ImagebuilderClient,
  { parameters }: BakeRequest,
  imageArn: string,
  region: string,
): Promise<BakeResult> {
  const image = await eventually(async () => {
    const look = imageBuilder.send(new GetImageCommand({ imageBuildVersionArn: imageArn }));
    return (await unlessMissing(look, "ResourceNotFoundException"))?.image;
  });
  if (!image) throw jobFailed(`image ${imageArn} does not exist; was it deleted?`, imageArn);
  const status = image.state?.status;
  if (!status) throw jobFailed(`Image Builder returned no state of image ${imageArn}`, imageArn);
  if (!isSameArn(image.imageRecipe?.arn, parameters.ImageRecipeArn))
    throw jobFailed(
      `image ${imageArn} is made from recipe ${image.imageRecipe?.arn}, not from ${parameters.ImageRecipeArn}: someone else changed the image pipeline meanwhile`,
      imageArn,
    );
  if (underWay.has(status))
    return {
      state: { imageArn },
      summary: `image ${parameters.Version} is ${status}`,
      externalExecutionId: imageArn,
    };
  if (status !== "AVAILABLE") throw jobFailed(failureOf(image, imageArn), imageArn);
  const ImageId = imageIdIn(image, region);
  return {
    outputs: { ImageArn: imageArn, ImageId },
    summary: `image ${parameters.Version} is ${ImageId}`,
    externalExecutionId: imageArn,
  };
}

function failureOf({ state }: Image, imageArn: string): string {
  return `image ${imageArn} is ${state?.status}: ${state?.reason || "Image Builder gave no reason"}`;
}

function imageIdIn({ arn, outputResources }: Image, region: string): string {
  const amis = outputResources?.amis ?? [];
  const ami = amis.find((one) => one.region === region)?.image;
  if (ami) return ami;
  const found = amis.map((one) => `${one.image} in ${one.region}`).join(", ") || "none";
  throw jobFailed(`image ${arn} is available, but not in ${region}; its AMIs: ${found}`, arn);
}
