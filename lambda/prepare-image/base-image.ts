import {
  ListImageBuildVersionsCommand,
  type ImageSummary,
  type ImagebuilderClient,
} from "@aws-sdk/client-imagebuilder";
import { noBaseImage } from "../../contract/base-image";
import { allPages } from "../shared/pages";

export interface BaseImage {
  readonly arn: string;
  /** its AMI in the region of this function */
  readonly imageId: string;
}

/** The newest base image that is available, if any is baked at all. A build that runs or has failed does not count. */
export async function newestBaseImage(
  imageBuilder: ImagebuilderClient,
  imageVersionArn: string,
): Promise<BaseImage | undefined> {
  if (imageVersionArn === noBaseImage) return undefined;
  const builds = await allPages(
    (nextToken) => imageBuilder.send(new ListImageBuildVersionsCommand({ imageVersionArn, nextToken })),
    (page) => page.imageSummaryList,
    (page) => page.nextToken,
  );
  const region = await imageBuilder.config.region();
  return builds
    .filter(({ state }) => state?.status === "AVAILABLE")
    .sort((one, other) => buildNumber(other) - buildNumber(one))
    .flatMap(({ arn, outputResources }) => {
      const imageId = outputResources?.amis?.find((ami) => ami.region === region)?.image;
      return arn !== undefined && imageId !== undefined ? [{ arn, imageId }] : [];
    })[0];
}

/** A build version's ARN ends with it. */
function buildNumber({ arn = "" }: ImageSummary): number {
  return Number(arn.split("/").at(-1));
}
