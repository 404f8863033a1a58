import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
  type Tag,
} from "@aws-sdk/client-ec2";
import type { Ami, Distribution } from "@aws-sdk/client-imagebuilder";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Cloud } from "../../cloud";
import type { ImageRecord, RecipeRecord } from "../store";
import { BakeFailure } from "./bake-failure";
import { amiName } from "./output-names";

export interface Output {
  readonly ami: Ami;
  readonly distribution: Distribution;
  /** Takes the AMI and its snapshots away again. */
  undo(): Promise<void>;
}

const defaultVolume = { deviceName: "/dev/xvda", size: 8, type: "gp3" } as const;

/** Registers the AMI in every region of the distribution. What is made before a failure is taken away again. */
export async function distribute(
  cloud: Cloud,
  image: ImageRecord,
  recipe: RecipeRecord,
  architecture: "arm64" | "x86_64",
): Promise<Output[]> {
  const wanted = image.distributionConfiguration?.distributions ?? [{ region: cloud.region }];
  const outputs: Output[] = [];
  try {
    for (const distribution of wanted)
      outputs.push(await register(cloud, image, recipe, architecture, distribution));
    return outputs;
  } catch (error) {
    for (const output of outputs) await output.undo();
    throw error;
  }
}

/** What follows the AMIs: SSM parameters that name them. */
export async function integrate(cloud: Cloud, outputs: readonly Output[]): Promise<void> {
  for (const { ami, distribution } of outputs) {
    const ssm = await inRegion(cloud.backend.ssm, ami.region!, (options) => new SSMClient(options));
    for (const parameter of distribution.ssmParameterConfigurations ?? [])
      await ssm.send(
        new PutParameterCommand({
          Name: parameter.parameterName,
          Value: ami.image,
          Type: "String",
          DataType: parameter.dataType ?? "text",
          Overwrite: true,
        }),
      );
  }
}

async function register(
  cloud: Cloud,
  image: ImageRecord,
  recipe: RecipeRecord,
  architecture: "arm64" | "x86_64",
  distribution: Distribution,
): Promise<Output> {
  const region = distribution.region!;
  const ec2 = await inRegion(cloud.backend.ec2, region, (options) => new EC2Client(options));
  const {
    amiTags,
    description,
    launchPermission,
    name: template,
  } = distribution.amiDistributionConfiguration ?? {};
  const version = image.version!;
  const name = amiName(template, recipe.name, { date: new Date(), version });
  const tags: Tag[] = Object.entries({
    ...recipe.amiTags,
    ...amiTags,
    CreatedBy: "EC2 Image Builder",
    Ec2ImageBuilderArn: image.arn,
  }).map(([Key, Value]) => ({ Key, Value }));
  const snapshots: string[] = [];
  let imageId: string | undefined;
  const undo = async (): Promise<void> => {
    if (imageId) await ec2.send(new DeregisterImageCommand({ ImageId: imageId }));
    for (const SnapshotId of snapshots) await ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  };
  try {
    const mappings = [];
    for (const device of devices(recipe)) {
      const snapshot = await takeSnapshot(ec2, region, device.size, image.arn, tags);
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
    const registered = await ec2.send(
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
    imageId = registered.ImageId!;
    const {
      userIds = [],
      userGroups = [],
      organizationArns = [],
      organizationalUnitArns = [],
    } = launchPermission ?? {};
    const Add = [
      ...userIds.map((UserId) => ({ UserId })),
      ...userGroups.map(() => ({ Group: "all" as const })),
      ...organizationArns.map((OrganizationArn) => ({ OrganizationArn })),
      ...organizationalUnitArns.map((OrganizationalUnitArn) => ({ OrganizationalUnitArn })),
    ];
    if (Add.length > 0)
      await ec2.send(new ModifyImageAttributeCommand({ ImageId: imageId, LaunchPermission: { Add } }));
    const state = { status: "AVAILABLE" as const };
    return {
      ami: { region, image: imageId, name, description, state, accountId: cloud.accountId },
      distribution,
      undo,
    };
  } catch (error) {
    await undo();
    throw new BakeFailure(`Distribution to ${region} failed: ${(error as Error).message}`, "DistributeImage");
  }
}

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

interface RegionalOptions {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

interface RegionalClient {
  readonly config: {
    region(): Promise<string>;
    credentials(): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }>;
    endpoint?(): Promise<{ readonly protocol: string; readonly hostname: string; readonly port?: number }>;
  };
}

/** The emulator has every region behind one address: a client of another region differs in its signature only. */
async function inRegion<T>(
  client: T & RegionalClient,
  region: string,
  make: (options: RegionalOptions) => T,
): Promise<T> {
  if (region === (await client.config.region())) return client;
  const { protocol, hostname, port } = await client.config.endpoint!();
  const { accessKeyId, secretAccessKey } = await client.config.credentials();
  return make({
    region,
    endpoint: `${protocol}//${hostname}${port ? `:${port}` : ""}`,
    credentials: { accessKeyId, secretAccessKey },
  });
}
