import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  EC2Client,
  RegisterImageCommand,
  type Tag,
} from "@aws-sdk/client-ec2";
import type { Cloud } from "../../cloud";
import type { RecipeRecord } from "../store";
import { inRegion } from "./regional";

export interface AmiSettings {
  readonly region: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly architecture: "arm64" | "x86_64";
  readonly tags: Readonly<Record<string, string>>;
  readonly imageArn: string;
}

export interface RegisteredAmi {
  readonly imageId: string;
  readonly snapshots: readonly string[];
}

const defaultVolume = { deviceName: "/dev/xvda", size: 8, type: "gp3" } as const;

/** Registers an AMI with a snapshot of each of the recipe's volumes. Snapshots of one that is refused are deleted. */
export async function registerAmi(
  cloud: Cloud,
  recipe: RecipeRecord,
  settings: AmiSettings,
): Promise<RegisteredAmi> {
  const { region, name, description, architecture, imageArn } = settings;
  const ec2 = await inRegion(cloud.backend.ec2, region, (options) => new EC2Client(options));
  const tags = tagList(settings.tags);
  const snapshots: string[] = [];
  try {
    const mappings = [];
    for (const device of devices(recipe)) {
      const snapshot = await takeSnapshot(ec2, region, device.size, imageArn, tags);
      snapshots.push(snapshot);
      mappings.push({
        DeviceName: device.name,
        Ebs: {
          SnapshotId: snapshot,
          VolumeSize: device.size,
          VolumeType: device.type,
          DeleteOnTermination: device.deleteOnTermination,
        },
      });
    }
    const { ImageId } = await ec2.send(
      new RegisterImageCommand({
        Name: name,
        Description: description,
        Architecture: architecture,
        RootDeviceName: mappings[0]!.DeviceName,
        BlockDeviceMappings: mappings,
        VirtualizationType: "hvm",
        EnaSupport: true,
        ImdsSupport: "v2.0",
        TagSpecifications: [{ ResourceType: "image", Tags: tags }],
      }),
    );
    return { imageId: ImageId!, snapshots };
  } catch (error) {
    for (const SnapshotId of snapshots) await ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
    throw error;
  }
}

export const tagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

interface Device {
  readonly name: string;
  readonly size: number;
  readonly type: "gp2" | "gp3" | "io1" | "io2" | "sc1" | "st1" | "standard";
  readonly deleteOnTermination: boolean;
}

/** The root device first. */
function devices({ blockDeviceMappings }: RecipeRecord): Device[] {
  const given = (blockDeviceMappings ?? []).flatMap(({ deviceName, ebs }) =>
    ebs
      ? [
          {
            name: deviceName ?? defaultVolume.deviceName,
            size: ebs.volumeSize ?? defaultVolume.size,
            type: ebs.volumeType ?? defaultVolume.type,
            deleteOnTermination: ebs.deleteOnTermination ?? true,
          },
        ]
      : [],
  );
  const root = given.filter(({ name }) => name === defaultVolume.deviceName);
  const base = {
    name: defaultVolume.deviceName,
    size: defaultVolume.size,
    type: defaultVolume.type,
    deleteOnTermination: true,
  };
  return [root[0] ?? base, ...given.filter(({ name }) => name !== defaultVolume.deviceName)];
}

async function takeSnapshot(
  ec2: EC2Client,
  region: string,
  size: number,
  arn: string,
  tags: Tag[],
): Promise<string> {
  const { VolumeId } = await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: `${region}a`, Size: size }),
  );
  const snapshot = await ec2.send(
    new CreateSnapshotCommand({
      VolumeId,
      Description: `Created by EC2 Image Builder for ${arn}`,
      TagSpecifications: [{ ResourceType: "snapshot", Tags: tags }],
    }),
  );
  await ec2.send(new DeleteVolumeCommand({ VolumeId }));
  return snapshot.SnapshotId!;
}
