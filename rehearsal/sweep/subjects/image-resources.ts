import {
  CreateComponentCommand,
  CreateDistributionConfigurationCommand,
  CreateImagePipelineCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  GetImageCommand,
  GetImagePipelineCommand,
  ListComponentBuildVersionsCommand,
  ListImageBuildVersionsCommand,
  StartImagePipelineExecutionCommand,
  paginateListComponents,
  paginateListImageRecipes,
  paginateListImages,
  UpdateImagePipelineCommand,
} from "@aws-sdk/client-imagebuilder";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { setTimeout as pause } from "node:timers/promises";
import { componentParameters } from "../../../contract/component";
import { componentDocument, type Lab } from "../lab";

/** What UpdateImagePipeline asks of its caller. */
export const pointsImagePipeline = [
  "imagebuilder:GetImagePipeline",
  "imagebuilder:UpdateImagePipeline",
  "imagebuilder:GetInfrastructureConfiguration",
  "imagebuilder:GetDistributionConfiguration",
  "imagebuilder:GetImageRecipe",
];

/** Image Builder's resources of one subject, all named after it. */
export class ImageResources {
  baseRecipeArn = "";
  imagePipelineArn = "";
  readonly application: string;
  readonly componentName: string;
  readonly recipeName: string;
  private readonly parentImage: string;
  private readonly tags: Readonly<Record<string, string>>;

  constructor(
    private readonly lab: Lab,
    private readonly name: string,
  ) {
    this.application = `sweep-${name}`;
    this.tags = { Application: this.application };
    this.parentImage = `arn:aws:imagebuilder:${lab.settings.options.region}:aws:image/amazon-linux-2023-arm64/x.x.x`;
    this.componentName = `${name}-application`;
    this.recipeName = `${name}-release`;
  }

  async deploy(): Promise<void> {
    const { imageBuilder } = this.lab;
    const { name } = this;
    const base = await imageBuilder.send(
      new CreateComponentCommand({
        name: `${name}-base`,
        semanticVersion: "1.0.0",
        platform: "Linux",
        data: componentDocument.replace(/parameters:\n(?: {2}-.*\n)+/, ""),
      }),
    );
    const recipe = await imageBuilder.send(
      new CreateImageRecipeCommand({
        name: `${name}-base`,
        semanticVersion: "1.0.0",
        parentImage: this.parentImage,
        components: [{ componentArn: base.componentBuildVersionArn }],
        tags: this.tags,
      }),
    );
    this.baseRecipeArn = recipe.imageRecipeArn!;
    const distribution = await imageBuilder.send(
      new CreateDistributionConfigurationCommand({
        name,
        distributions: [
          {
            region: this.lab.settings.options.region,
            amiDistributionConfiguration: {
              name: `${name}-{{ imagebuilder:buildDate }}`,
              amiTags: this.tags,
            },
          },
        ],
      }),
    );
    const infrastructure = await imageBuilder.send(
      new CreateInfrastructureConfigurationCommand({ name, instanceProfileName: await this.profile() }),
    );
    const pipeline = await imageBuilder.send(
      new CreateImagePipelineCommand({
        name,
        imageRecipeArn: this.baseRecipeArn,
        infrastructureConfigurationArn: infrastructure.infrastructureConfigurationArn,
        distributionConfigurationArn: distribution.distributionConfigurationArn,
        imageTestsConfiguration: { imageTestsEnabled: false },
        tags: this.tags,
      }),
    );
    this.imagePipelineArn = pipeline.imagePipelineArn!;
  }

  /** A recipe as prepare-image makes it. @returns its ARN */
  async release(version: string): Promise<string> {
    const { imageBuilder } = this.lab;
    const releaseTags = { ...this.tags, Name: this.application, Version: version };
    const component = await imageBuilder.send(
      new CreateComponentCommand({
        name: this.componentName,
        semanticVersion: version,
        platform: "Linux",
        data: componentDocument,
        tags: releaseTags,
      }),
    );
    const recipe = await imageBuilder.send(
      new CreateImageRecipeCommand({
        name: this.recipeName,
        semanticVersion: version,
        parentImage: this.parentImage,
        components: [
          {
            componentArn: component.componentBuildVersionArn,
            parameters: componentParameters.map((name) => ({ name, value: ["none"] })),
          },
        ],
        amiTags: releaseTags,
        tags: releaseTags,
      }),
    );
    return recipe.imageRecipeArn!;
  }

  async pointTo(imageRecipeArn: string): Promise<void> {
    const { imageBuilder } = this.lab;
    const { imagePipelineArn } = this;
    const { imagePipeline } = await imageBuilder.send(new GetImagePipelineCommand({ imagePipelineArn }));
    const { infrastructureConfigurationArn, distributionConfigurationArn, imageTestsConfiguration } =
      imagePipeline!;
    await imageBuilder.send(
      new UpdateImagePipelineCommand({
        imagePipelineArn,
        imageRecipeArn,
        infrastructureConfigurationArn,
        distributionConfigurationArn,
        imageTestsConfiguration,
      }),
    );
  }

  /** A release with its image and AMI. */
  async bake(version: string): Promise<void> {
    const { imageBuilder } = this.lab;
    const { imagePipelineArn } = this;
    await this.pointTo(await this.release(version));
    const { imageBuildVersionArn } = await imageBuilder.send(
      new StartImagePipelineExecutionCommand({ imagePipelineArn, tags: this.tags }),
    );
    for (;;) {
      const { image } = await imageBuilder.send(new GetImageCommand({ imageBuildVersionArn }));
      const { status, reason } = image!.state!;
      if (status === "AVAILABLE") return;
      if (status === "FAILED") throw new Error(`${imageBuildVersionArn} failed: ${reason}`);
      await pause(50);
    }
  }

  /** Build versions of the component, of one version or of all. */
  async components(version?: string): Promise<string[]> {
    const { imageBuilder } = this.lab;
    const filters = this.filters(this.componentName, version);
    const arns: string[] = [];
    for await (const page of paginateListComponents({ client: imageBuilder }, { owner: "Self", filters }))
      for (const { arn } of page.componentVersionList ?? []) {
        const builds = await imageBuilder.send(
          new ListComponentBuildVersionsCommand({ componentVersionArn: arn }),
        );
        arns.push(...(builds.componentSummaryList ?? []).map((build) => build.arn!));
      }
    return arns;
  }

  async recipes(version?: string): Promise<string[]> {
    const filters = this.filters(this.recipeName);
    const arns: string[] = [];
    const client = this.lab.imageBuilder;
    for await (const page of paginateListImageRecipes({ client }, { owner: "Self", filters }))
      arns.push(...(page.imageRecipeSummaryList ?? []).map(({ arn }) => arn!));
    return arns.filter((arn) => !version || arn.endsWith(`/${version}`));
  }

  async images(version?: string): Promise<string[]> {
    const { imageBuilder } = this.lab;
    const filters = this.filters(this.recipeName, version);
    const arns: string[] = [];
    for await (const page of paginateListImages({ client: imageBuilder }, { owner: "Self", filters }))
      for (const { arn } of page.imageVersionList ?? []) {
        const builds = await imageBuilder.send(new ListImageBuildVersionsCommand({ imageVersionArn: arn }));
        arns.push(...(builds.imageSummaryList ?? []).map((build) => build.arn!));
      }
    return arns;
  }

  private filters(name: string, version?: string) {
    return [{ name: "name", values: [name] }, ...(version ? [{ name: "version", values: [version] }] : [])];
  }

  private async profile(): Promise<string> {
    const InstanceProfileName = `sweep.${this.name}.builder`;
    const iam = new IAMClient(this.lab.settings.options);
    await this.lab.role(`${this.name}.builder`, {
      service: "ec2",
      actions: [
        "ssm:UpdateInstanceInformation",
        "ssm:ListInstanceAssociations",
        "ssm:DescribeDocument",
        "ssm:GetDocument",
        "ssm:PutInventory",
        "ssm:UpdateInstanceAssociationStatus",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
        "imagebuilder:GetComponent",
        "s3:GetObject",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ],
    });
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
    await iam.send(
      new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: InstanceProfileName }),
    );
    return InstanceProfileName;
  }
}
