import {
  CreateFleetCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { join } from "node:path";
import type { Cloud } from "../cloud";
import type { Machine, MachineSettings } from "../machine/machine";
import { every } from "./every";
import type { Instance, InstanceState } from "./instance";
import { MetadataPort } from "./metadata-port";
import { MetadataService } from "./metadata";
import type { LaunchTemplateVersion } from "./launch-template";

export interface MachineImages {
  /** Directory of an AMI's root file system, or undefined for an AMI that was not built here. */
  rootOf(amiId: string): string | undefined;
}

export interface InstancesSettings {
  readonly cloud: Cloud;
  readonly boot: (settings: MachineSettings) => Promise<Machine>;
  readonly images: MachineImages;
  /** What runs beside an instance's services. */
  readonly startAgents: (machine: Machine, metadataEndpoint: string) => { stop(): Promise<void> };
}

export interface LaunchRequest {
  readonly template: LaunchTemplateVersion;
  readonly subnetId: string;
  /** Tags beside the template's own. */
  readonly tags: ReadonlyMap<string, string>;
}

/** How often instances are compared with the emulator's records, which any client may change. */
const pollMilliseconds = 1000;

/** EC2 instances that really run: their records stay in the emulator, so that every EC2 call finds them there. */
export class Instances {
  private readonly instances = new Map<string, Instance>();
  private readonly zones = new Map<string, string>();
  private readonly metadata: MetadataService;
  private readonly metadataPorts = new Map<string, MetadataPort>();
  private readonly agents = new Map<string, { stop(): Promise<void> }>();
  private readonly polling: Promise<void>;

  constructor(private readonly settings: InstancesSettings) {
    const { cloud } = settings;
    this.metadata = new MetadataService(cloud, this);
    this.polling = every(
      pollMilliseconds,
      cloud.signal,
      () => this.followRecords(),
      (error) => cloud.log("ec2", `instances can't be compared with their records: ${String(error)}`),
    );
  }

  get(instanceId: string): Instance | undefined {
    return this.instances.get(instanceId);
  }

  /** The loopback port that stands for a port of an instance; only 8080 is ever open. */
  portOf(instanceId: string, port: number): number | undefined {
    const machine = this.instances.get(instanceId)?.machine;
    return port === 8080 && machine?.running() ? machine.port : undefined;
  }

  /** Launches one instance and waits until its machine has begun to boot, not until its service answers. */
  async launch(request: LaunchRequest): Promise<Instance> {
    const { template, subnetId } = request;
    const id = await this.record(request);
    const described = await this.settings.cloud.backend.ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [id] }),
    );
    const record = described.Reservations![0]!.Instances![0]!;
    const instance: Instance = {
      id,
      imageId: record.ImageId!,
      instanceType: template.instanceType,
      availabilityZone: await this.zoneOf(subnetId),
      subnetId,
      privateIpAddress: record.PrivateIpAddress ?? "127.0.0.1",
      template,
      tags: new Map((record.Tags ?? []).map((tag) => [tag.Key!, tag.Value ?? ""])),
      launchTime: new Date(),
      state: "running",
      machine: undefined,
    };
    this.instances.set(id, instance);
    try {
      await this.boot(instance);
    } catch (error) {
      // nothing half made is left: the record goes as well
      await this.terminate(id);
      throw error;
    }
    return instance;
  }

  /** Shuts the machine down as systemd would, then terminates the record. Waits for both; harmless when repeated. */
  async terminate(instanceId: string): Promise<void> {
    const instance = this.instances.get(instanceId);
    if (instance && instance.state !== "terminated") {
      instance.state = "shutting-down";
      await this.shutDown(instance);
      instance.state = "terminated";
      await this.closeMetadata(instanceId);
    }
    await this.settings.cloud.backend.ec2
      .send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }))
      .catch((error: Error) => {
        if (error.name !== "InvalidInstanceID.NotFound") throw error;
      });
  }

  async zoneOf(subnetId: string): Promise<string> {
    let zone = this.zones.get(subnetId);
    if (!zone) {
      const found = await this.settings.cloud.backend.ec2.send(
        new DescribeSubnetsCommand({ SubnetIds: [subnetId] }),
      );
      zone = found.Subnets?.[0]?.AvailabilityZone ?? `${this.settings.cloud.region}a`;
      this.zones.set(subnetId, zone);
    }
    return zone;
  }

  async close(): Promise<void> {
    await this.polling;
    await Promise.all([...this.instances.values()].map((instance) => this.shutDown(instance)));
    await Promise.all([...this.metadataPorts.keys()].map((id) => this.closeMetadata(id)));
  }

  /**
   * An instant fleet of one and not RunInstances: ministack's RunInstances starts a container for an AMI that was
   * registered with it, and refuses one that has nothing to start. The record is the same.
   */
  private async record({ template, subnetId, tags }: LaunchRequest): Promise<string> {
    if (!template.imageId?.startsWith("ami-"))
      throw new Error(
        `The image id '[${template.imageId ?? ""}]' is not valid: launch template ${template.id} version ${template.version} names no AMI id`,
      );
    const launched = await this.settings.cloud.backend.ec2.send(
      new CreateFleetCommand({
        Type: "instant",
        TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: "on-demand" },
        LaunchTemplateConfigs: [
          {
            LaunchTemplateSpecification: { LaunchTemplateId: template.id, Version: String(template.version) },
            Overrides: [{ SubnetId: subnetId, InstanceType: template.instanceType as never }],
          },
        ],
        TagSpecifications:
          tags.size === 0
            ? undefined
            : [{ ResourceType: "instance", Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) }],
      }),
    );
    const id = launched.Instances?.[0]?.InstanceIds?.[0];
    if (!id) throw new Error(launched.Errors?.[0]?.ErrorMessage ?? "EC2 launched no instance");
    return id;
  }

  private async closeMetadata(instanceId: string): Promise<void> {
    await this.metadataPorts.get(instanceId)?.close();
    this.metadataPorts.delete(instanceId);
  }

  private async shutDown({ id, machine }: Instance): Promise<void> {
    await machine?.shutDown();
    await this.agents.get(id)?.stop();
    this.agents.delete(id);
  }

  private async boot(instance: Instance): Promise<void> {
    const { cloud, images, boot, startAgents } = this.settings;
    const root = images.rootOf(instance.imageId);
    if (!root)
      return cloud.log("ec2", `${instance.id} started from ${instance.imageId}, which has no service`);
    const metadata = this.metadataPorts.get(instance.id) ?? new MetadataPort(this.metadata, instance.id);
    this.metadataPorts.set(instance.id, metadata);
    const metadataEndpoint = await metadata.listen();
    instance.machine = await boot({
      root,
      instanceId: instance.id,
      metadataEndpoint,
      directory: join(cloud.directory, "instances", instance.id),
    });
    this.agents.set(instance.id, startAgents(instance.machine, metadataEndpoint));
    cloud.log("ec2", `${instance.id} started from ${instance.imageId} on port ${instance.machine.port}`);
  }

  /** What clients did to the records through the plain EC2 API happens to the machines as well. */
  private async followRecords(): Promise<void> {
    const living = [...this.instances.values()].filter((instance) => instance.state !== "terminated");
    if (living.length === 0) return;
    const states = new Map<string, string>();
    const described = await this.settings.cloud.backend.ec2.send(new DescribeInstancesCommand({}));
    for (const record of (described.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []))
      states.set(record.InstanceId!, record.State?.Name ?? "terminated");
    await Promise.all(
      living.map((instance) => this.follow(instance, states.get(instance.id) ?? "terminated")),
    );
  }

  private async follow(instance: Instance, recorded: string): Promise<void> {
    if (recorded === "running" && instance.state === "stopped") {
      instance.state = "running";
      return this.boot(instance);
    }
    if (instance.state !== "running" || (recorded !== "terminated" && recorded !== "stopped")) return;
    const [during, after]: [InstanceState, InstanceState] =
      recorded === "terminated" ? ["shutting-down", "terminated"] : ["stopping", "stopped"];
    instance.state = during;
    this.settings.cloud.log("ec2", `${instance.id} is ${recorded} in EC2: its machine shuts down`);
    await this.shutDown(instance);
    instance.state = after;
    if (after === "terminated") await this.closeMetadata(instance.id);
  }
}
