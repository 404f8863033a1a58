import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  type DeleteSnapshotReturnCode,
  type EC2Client,
  type Filter,
  type Image,
  type SnapshotReturnCodes,
} from "@aws-sdk/client-ec2";
import { applicationTag } from "../../contract/tags";
import { allPages } from "../shared/pages";
import { tagRecord } from "../shared/tags";
import { isOwnedBy, ownedByOther } from "./ownership";
import type { Removal } from "./removal";

/** What EC2 takes in one filter. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
const filterValues = 200;

/** The snapshot is gone, or another AMI needs it. */
const done: ReadonlySet<SnapshotReturnCodes> = new Set<SnapshotReturnCodes>(["success", "skipped"]);

/** Whose AMIs they are, as their tags Application and Name say. */
export interface Owner {
  readonly application: string;
  readonly names: readonly string[];
}

/**
 * Removes the application's AMIs in one region with every snapshot of theirs: the ones that the images name, and any
 * others that a bake left, which carry the owner in both the tags Application and Name.
 */
export async function removeMachineImages(
  ec2: EC2Client,
  region: string,
  { application, names }: Owner,
  imageIds: readonly string[],
  removal: Removal,
): Promise<void> {
  const tagged = await describe(ec2, [
    { Name: `tag:${applicationTag}`, Values: [application] },
    { Name: "tag:Name", Values: [...names] },
  ]);
  const unseen = imageIds.filter((id) => !tagged.some(({ ImageId }) => ImageId === id));
  const named: Image[] = [];
  for (let start = 0; start < unseen.length; start += filterValues)
    named.push(
      ...(await describe(ec2, [{ Name: "image-id", Values: unseen.slice(start, start + filterValues) }])),
    );
  for (const image of [...tagged, ...named]) {
    const thing = `AMI ${image.ImageId} in ${region}`;
    const tags = tagRecord(image.Tags);
    if (isOwnedBy(application, tags)) await removeMachineImage(ec2, region, image, removal);
    else removal.keep(thing, ownedByOther(application, tags));
  }
}

async function removeMachineImage(
  ec2: EC2Client,
  region: string,
  { ImageId }: Image,
  removal: Removal,
): Promise<void> {
  let results: readonly DeleteSnapshotReturnCode[] = [];
  // both in one call: whoever finds the AMI gone would not know its snapshots
  await removal.remove(`AMI ${ImageId} in ${region} and its snapshots`, async () => {
    const command = new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true });
    results = (await ec2.send(command)).DeleteSnapshotResults ?? [];
  });
  for (const { SnapshotId, ReturnCode } of results)
    if (SnapshotId !== undefined && ReturnCode !== undefined && !done.has(ReturnCode))
      await removal.remove(`snapshot ${SnapshotId} in ${region}`, () =>
        ec2.send(new DeleteSnapshotCommand({ SnapshotId })),
      );
}

function describe(ec2: EC2Client, Filters: Filter[]): Promise<Image[]> {
  return allPages(
    (NextToken) => ec2.send(new DescribeImagesCommand({ Owners: ["self"], Filters, NextToken })),
    (page) => page.Images,
    (page) => page.NextToken,
  );
}
