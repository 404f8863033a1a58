import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
} from "@aws-sdk/client-ec2";
import { GetInstanceProfileCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetImageCommand, ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { mockClient } from "aws-sdk-client-mock";
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { ServiceError } from "../../../../rehearsal/cloud/api/service-error";
import type { Backend } from "../../../../rehearsal/cloud/cloud";
import { type ImageBuilder, imageBuilder } from "../../../../rehearsal/cloud/imagebuilder/imagebuilder";
import { MachineImages } from "../../../../rehearsal/cloud/machine/machine-images";
import { GatewayHarness } from "../../../support/gateway-harness";
import { modelOf, TestCloud } from "../../../support/test-cloud";

export const builderRole = "arn:aws:iam::111122223333:role/builder";
export const parentImage = "arn:aws:imagebuilder:eu-central-1:aws:image/amazon-linux-2023-arm64/x.x.x";

/** Image Builder behind HTTP, with the emulator's services played by mocks. */
export class ImageBuilderFixture {
  readonly cloud = new TestCloud();
  readonly gateway = new GatewayHarness();
  readonly images = new MachineImages(join(this.cloud.directory, "images"));
  readonly ec2 = mockClient(EC2Client);
  readonly iam = mockClient(IAMClient);
  readonly logs = mockClient(CloudWatchLogsClient);
  readonly s3 = mockClient(S3Client);
  readonly ssm = mockClient(SSMClient);
  readonly instanceCalls: string[] = [];
  readonly deniedForInstances = new Set<string>();
  client!: ImagebuilderClient;
  part!: ImageBuilder;

  async start(): Promise<void> {
    mkdirSync(this.cloud.directory, { recursive: true });
    await this.gateway.start();
    this.cloud.endpoint = this.gateway.endpoint;
    Object.assign(this.cloud.backend, this.backend());
    this.answer();
    this.part = imageBuilder({
      cloud: this.cloud,
      model: modelOf("imagebuilder"),
      images: this.images,
      authorizer: {
        authorize: async () => undefined,
        authorizeRole: async (_credentials, action, resource) => {
          this.instanceCalls.push(`${action} ${resource}`);
          if (this.deniedForInstances.has(action))
            throw new ServiceError("AccessDeniedException", `not authorized to perform: ${action}`);
        },
      },
    });
    this.gateway.parts = [this.part];
    this.client = new ImagebuilderClient(this.gateway.client);
  }

  async stop(): Promise<void> {
    this.cloud.end.abort();
    await this.part.close?.();
    await this.gateway.stop();
    for (const mock of [this.ec2, this.iam, this.logs, this.s3, this.ssm]) mock.restore();
    this.cloud.remove();
  }

  putObject(content: Buffer): void {
    this.s3.on(GetObjectCommand).callsFake(async () => ({ Body: Readable.from([content]) }));
  }

  /** The image once its bake has ended. */
  async ended(arn: string) {
    for (;;) {
      const { image } = await this.client.send(new GetImageCommand({ imageBuildVersionArn: arn }));
      if (["AVAILABLE", "FAILED", "CANCELLED"].includes(image!.state!.status!)) return image!;
      await wait(50);
    }
  }

  states(): string[] {
    return this.cloud.events.map(({ detail }) => (detail.state as { status: string }).status);
  }

  private backend(): Partial<Backend> {
    const options = this.gateway.client;
    return {
      ec2: new EC2Client(options),
      iam: new IAMClient(options),
      logs: new CloudWatchLogsClient(options),
      s3: new S3Client(options),
      ssm: new SSMClient(options),
    };
  }

  private answer(): void {
    const identifier = (prefix: string): string =>
      `${prefix}-${randomUUID().replaceAll("-", "").slice(0, 17)}`;
    this.iam
      .on(GetInstanceProfileCommand)
      .callsFake(async ({ InstanceProfileName: name }: { InstanceProfileName: string }) => {
        if (name !== "builder") throw new Error("NoSuchEntity");
        return { InstanceProfile: { Roles: [{ Arn: builderRole }] } };
      });
    this.logs.on(CreateLogGroupCommand).resolves({});
    this.logs.on(CreateLogStreamCommand).resolves({});
    this.logs.on(PutLogEventsCommand).resolves({});
    this.ec2.on(CreateVolumeCommand).callsFake(async () => ({ VolumeId: identifier("vol") }));
    this.ec2.on(CreateSnapshotCommand).callsFake(async () => ({ SnapshotId: identifier("snap") }));
    this.ec2.on(RegisterImageCommand).callsFake(async () => ({ ImageId: identifier("ami") }));
    this.ec2.on(CreateTagsCommand).resolves({});
    this.ec2.on(DeleteVolumeCommand).resolves({});
    this.ec2.on(DeleteSnapshotCommand).resolves({});
    this.ec2.on(DeregisterImageCommand).resolves({});
    this.ec2.on(ModifyImageAttributeCommand).resolves({});
    this.ssm.on(PutParameterCommand).resolves({});
  }
}
