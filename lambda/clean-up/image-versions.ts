import {
  CancelImageCreationCommand,
  DeleteImageCommand,
  GetImageCommand,
  ListImageBuildVersionsCommand,
  ListImagesCommand,
  type Image,
  type ImagebuilderClient,
  type ImageStatus,
} from "@aws-sdk/client-imagebuilder";
import { setTimeout as pause } from "node:timers/promises";
import { applicationTag } from "../../contract/tags";
import { clientToken } from "../shared/client-token";
import { reasonOf, unlessMissing } from "../shared/errors";
import { eventually } from "../shared/eventually";
import { allPages } from "../shared/pages";
import type { Removal } from "./removal";

const building: ReadonlySet<ImageStatus> = new Set<ImageStatus>([
  "PENDING",
  "CREATING",
  "BUILDING",
  "TESTING",
  "DISTRIBUTING",
  "INTEGRATING",
]);

/** How long to wait for a cancelled build to end, and between two looks. */
export interface Patience {
  readonly pauseMilliseconds: number;
  readonly endsAt: number;
}

/** An image build version that has ended, with the AMIs that it put out. */
export interface EndedImage {
  readonly arn: string;
  readonly amis: readonly { readonly id: string; readonly region: string }[];
}

/**
 * All image build versions with such names; those that are still building are cancelled first. An image has its recipe's
 * name and tags of its own, so a name that matches is not enough: another application's tag keeps it.
 */
export async function endedImages(
  imageBuilder: ImagebuilderClient,
  owner: { readonly application: string; readonly isOurs: (name: string) => boolean },
  patience: Patience,
  removal: Removal,
): Promise<EndedImage[]> {
  const ended: EndedImage[] = [];
  for (const arn of await imageArns(imageBuilder, owner.isOurs)) {
    const image = await end(imageBuilder, arn, patience);
    if (!image) continue;
    // one that a schedule baked has no tags of its own
    const tag = image.tags?.[applicationTag] ?? image.imageRecipe?.tags?.[applicationTag];
    const amis = (image.outputResources?.amis ?? []).flatMap(({ image: id, region }) =>
      id && region ? [{ id, region }] : [],
    );
    if (tag !== undefined && tag !== owner.application)
      removal.keep(`image ${arn}`, `its tag ${applicationTag} is "${tag}", not "${owner.application}"`);
    else if (isBuilding(image))
      removal.keep(`image ${arn}`, `is still ${image.state?.status} after it was cancelled`);
    else ended.push({ arn, amis });
  }
  return ended;
}

export async function removeImage(
  imageBuilder: ImagebuilderClient,
  arn: string,
  removal: Removal,
): Promise<void> {
  await removal.remove(`image ${arn}`, () =>
    imageBuilder.send(new DeleteImageCommand({ imageBuildVersionArn: arn })),
  );
}

async function imageArns(
  imageBuilder: ImagebuilderClient,
  isOurs: (name: string) => boolean,
): Promise<string[]> {
  const versions = await allPages(
    (nextToken) =>
      imageBuilder.send(new ListImagesCommand({ owner: "Self", includeDeprecated: true, nextToken })),
    (page) => page.imageVersionList,
    (page) => page.nextToken,
  );
  const arns: string[] = [];
  for (const version of versions) {
    if (!isOurs(version.name ?? "")) continue;
    const builds = await allPages(
      (nextToken) =>
        imageBuilder.send(new ListImageBuildVersionsCommand({ imageVersionArn: version.arn, nextToken })),
      (page) => page.imageSummaryList,
      (page) => page.nextToken,
    );
    arns.push(...builds.flatMap(({ arn }) => (arn ? [arn] : [])));
  }
  return arns;
}

/** Cancels a build, and waits till it has ended or patience has. */
async function end(
  imageBuilder: ImagebuilderClient,
  arn: string,
  { pauseMilliseconds, endsAt }: Patience,
): Promise<Image | undefined> {
  // it was listed just now: one that is not known everywhere yet is not one that is gone
  let image = await eventually(() => read(imageBuilder, arn));
  if (!image || !isBuilding(image)) return image;
  const attempt = { executionId: arn, functionName: "clean-up", jobId: String(endsAt) };
  try {
    const cancel = { imageBuildVersionArn: arn, clientToken: clientToken(attempt, "cancel") };
    await imageBuilder.send(new CancelImageCreationCommand(cancel));
  } catch (error) {
    // it may have ended just now; if not, it is told as left behind
    console.error(`image ${arn} can't be cancelled: ${reasonOf(error)}`);
  }
  while (image && isBuilding(image) && Date.now() < endsAt) {
    await pause(pauseMilliseconds);
    image = await read(imageBuilder, arn);
  }
  return image;
}

async function read(imageBuilder: ImagebuilderClient, arn: string): Promise<Image | undefined> {
  const look = imageBuilder.send(new GetImageCommand({ imageBuildVersionArn: arn }));
  return (await unlessMissing(look, "ResourceNotFoundException"))?.image;
}

function isBuilding({ state }: Image): boolean {
  return state?.status !== undefined && building.has(state.status);
}
