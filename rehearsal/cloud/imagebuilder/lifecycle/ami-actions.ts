import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DisableImageCommand,
  DisableImageDeprecationCommand,
  type EC2Client,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  type Image,
} from "@aws-sdk/client-ec2";
import type { LifecycleExecutionSnapshotResource } from "@aws-sdk/client-imagebuilder";
import type { Target } from "./targets";

/** EC2 takes no time of deprecation that has passed already, and rounds to minutes. */
const soonestDeprecation = 60_000;

/** An AMI as EC2 knows it, or undefined once it is gone. */
export async function findAmi(ec2: EC2Client, imageId: string): Promise<Image | undefined> {
  const { Images } = await ec2.send(
    new DescribeImagesCommand({
      Owners: ["self"],
      Filters: [{ Name: "image-id", Values: [imageId] }],
      IncludeDeprecated: true,
      IncludeDisabled: true,
    }),
  );
  return Images?.find((image) => image.ImageId === imageId);
}

/** @returns the snapshots that went with the AMI */
export async function changeAmi(
  ec2: EC2Client,
  ami: Image,
  { action, include }: Target,
  deprecateAt?: Date,
): Promise<LifecycleExecutionSnapshotResource[]> {
  const ImageId = ami.ImageId;
  switch (action) {
    case "DELETE":
      await ec2.send(new DeregisterImageCommand({ ImageId }));
      return include.snapshots ? deleteSnapshots(ec2, ami) : [];
    case "DISABLE":
      await ec2.send(new DisableImageCommand({ ImageId }));
      return [];
    case "DEPRECATE": {
      const DeprecateAt = deprecateAt ?? new Date(Date.now() + soonestDeprecation);
      await ec2.send(new EnableImageDeprecationCommand({ ImageId, DeprecateAt }));
      return [];
    }
    case "AVAILABLE":
      if (ami.State === "disabled") await ec2.send(new EnableImageCommand({ ImageId }));
      if (ami.DeprecationTime) await ec2.send(new DisableImageDeprecationCommand({ ImageId }));
      return [];
  }
}

async function deleteSnapshots(ec2: EC2Client, ami: Image): Promise<LifecycleExecutionSnapshotResource[]> {
  const ids = (ami.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
  if (ids.length === 0) return [];
  const { Snapshots = [] } = await ec2.send(
    new DescribeSnapshotsCommand({ Filters: [{ Name: "snapshot-id", Values: ids }] }),
  );
  const gone: LifecycleExecutionSnapshotResource[] = [];
  for (const { SnapshotId } of Snapshots) {
    await ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
    gone.push({ snapshotId: SnapshotId, state: { status: "SUCCESS" } });
  }
  return gone;
}
