import { CreateTagsCommand, EC2Client, ModifyImageAttributeCommand } from "@aws-sdk/client-ec2";
import type {
  Ami,
  Distribution as DistributionSettings,
  LaunchPermissionConfiguration,
} from "@aws-sdk/client-imagebuilder";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Fields } from "../document-fields";
import type { BakeContext } from "./bake-context";
import { BakeFailure } from "./bake-failure";
import type { BuildMachine } from "./build-machine";
import { amiName } from "./output-names";
import { type RegisteredAmi, registerAmi, tagList } from "./register-ami";
import { inRegion } from "./regional";

/** One region of a DistributeImage step. */
interface Destination {
  readonly region: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly amiTags?: Readonly<Record<string, string>> | undefined;
}

interface DistributedImage {
  readonly region: string;
  readonly amiId: string;
}

/** Where a disk is of which AMIs are made. */
interface Built extends RegisteredAmi {
  readonly root: string;
}

/**
 * The AMIs of a bake: made from the build instance before anything is tested, then distributed. None of these steps is
 * rolled back, so a later failure leaves them behind, as on AWS.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/wfdoc-step-actions.html
 */
export class Distribution {
  private built: Built | undefined;
  private readonly amis = new Map<string, Ami>();

  constructor(private readonly bake: BakeContext) {}

  /** The AMI that the build stage has made. */
  get outputImage(): string | undefined {
    return this.built?.imageId;
  }

  get outputs(): Ami[] {
    return [...this.amis.values()];
  }

  async createImage(machine: BuildMachine): Promise<Fields> {
    const { baker, cloud } = this.bake;
    await machine.shutDown();
    const destination = this.configured().find(({ region }) => region === cloud.region);
    const registered = await this.register(machine.root, {
      ...destination,
      region: cloud.region,
      amiTags: {},
    });
    // the disk of the machine goes with it, that of the AMI stays
    this.built = { ...registered, root: baker.machineImages.rootOf(registered.imageId)! };
    return { imageId: registered.imageId };
  }

  async distribute(inputs: Fields): Promise<Fields> {
    const destinations = (inputs.distributions as Destination[] | undefined) ?? this.configured();
    const distributedImages = [];
    for (const destination of destinations) {
      const dateStarted = new Date().toISOString();
      const amiId = await this.distributeTo(destination);
      const { name } = this.amis.get(destination.region)!;
      const dateStopped = new Date().toISOString();
      const { accountId } = this.bake.cloud;
      const done = { status: "Completed", step: "Completed", dateStarted, dateStopped };
      distributedImages.push({ region: destination.region, name, amiId, accountId, ...done });
    }
    return { distributedImages };
  }

  async modifyAttributes(inputs: Fields): Promise<Fields> {
    const given = inputs.attributes as
      { region: string; launchPermission?: LaunchPermissionConfiguration }[] | undefined;
    const attributes =
      given ??
      this.settings().map(({ region, amiDistributionConfiguration }) => ({
        region: region!,
        launchPermission: amiDistributionConfiguration?.launchPermission,
      }));
    for (const { region, amiId } of inputs.distributedImages as DistributedImage[]) {
      const permission = attributes.find((each) => each.region === region)?.launchPermission;
      if (permission) await this.permit(region, amiId, permission);
    }
    return { modifiedImages: inputs.distributedImages };
  }

  async applyConfigurations(inputs: Fields): Promise<Fields> {
    const { baker, image, log } = this.bake;
    baker.enter(image, { status: "INTEGRATING" }, log);
    const configurations = (inputs.configurations as DistributionSettings[] | undefined) ?? this.settings();
    for (const { region, amiId } of inputs.distributedImages as DistributedImage[]) {
      const parameters = configurations.find((each) => each.region === region)?.ssmParameterConfigurations;
      for (const { parameterName, dataType } of parameters ?? []) {
        const ssm = await inRegion(this.bake.cloud.backend.ssm, region, (options) => new SSMClient(options));
        const Type = "String" as const;
        const DataType = dataType ?? "text";
        await ssm.send(
          new PutParameterCommand({ Name: parameterName, Value: amiId, Type, DataType, Overwrite: true }),
        );
      }
    }
    return { configuredImages: inputs.distributedImages };
  }

  /** In the region of the build the AMI is there already; other regions get one of their own. */
  private async distributeTo(destination: Destination): Promise<string> {
    const { cloud } = this.bake;
    const { region, amiTags = {} } = destination;
    if (!this.built) throw new BakeFailure("There is no AMI to distribute: no workflow has built one");
    if (region !== cloud.region) return (await this.register(this.built.root, destination)).imageId;
    if (Object.keys(amiTags).length > 0)
      await cloud.backend.ec2.send(
        new CreateTagsCommand({
          Resources: [this.built.imageId, ...this.built.snapshots],
          Tags: tagList(amiTags),
        }),
      );
    return this.built.imageId;
  }

  private async register(root: string, destination: Destination): Promise<RegisteredAmi> {
    const { baker, cloud, image, recipe, parent } = this.bake;
    const { region, description, amiTags } = destination;
    const { architecture } = parent;
    const name = amiName(destination.name, recipe.name, { date: new Date(), version: image.version! });
    const tags = {
      ...recipe.amiTags,
      ...amiTags,
      CreatedBy: "EC2 Image Builder",
      Ec2ImageBuilderArn: image.arn,
    };
    const settings = { region, name, description, architecture, tags, imageArn: image.arn };
    const registered = await registerAmi(cloud, recipe, settings).catch((error: Error) => {
      const what = this.built ? `Distribution to ${region}` : "The creation of the AMI";
      throw new BakeFailure(`${what} failed: ${error.message}`);
    });
    await baker.machineImages.store(root, {
      imageId: registered.imageId,
      name,
      architecture,
      created: new Date().toISOString(),
      parentImageId: parent.imageId,
    });
    const state = { status: "AVAILABLE" as const };
    const { accountId } = cloud;
    this.amis.set(region, { region, image: registered.imageId, name, description, state, accountId });
    return registered;
  }

  private async permit(
    region: string,
    ImageId: string,
    permission: LaunchPermissionConfiguration,
  ): Promise<void> {
    const { userIds = [], userGroups = [], organizationArns = [], organizationalUnitArns = [] } = permission;
    const Add = [
      ...userIds.map((UserId) => ({ UserId })),
      ...userGroups.map(() => ({ Group: "all" as const })),
      ...organizationArns.map((OrganizationArn) => ({ OrganizationArn })),
      ...organizationalUnitArns.map((OrganizationalUnitArn) => ({ OrganizationalUnitArn })),
    ];
    if (Add.length === 0) return;
    const ec2 = await inRegion(this.bake.cloud.backend.ec2, region, (options) => new EC2Client(options));
    await ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } }));
  }

  private settings(): readonly DistributionSettings[] {
    const { image, cloud } = this.bake;
    return image.distributionConfiguration?.distributions ?? [{ region: cloud.region }];
  }

  private configured(): Destination[] {
    return this.settings().map(({ region, amiDistributionConfiguration: ami }) => ({
      region: region!,
      name: ami?.name,
      description: ami?.description,
      amiTags: ami?.amiTags,
    }));
  }
}
