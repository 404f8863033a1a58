import { DescribeImagesCommand, RegisterImageCommand } from "@aws-sdk/client-ec2";
import {
  CreateComponentCommand,
  CreateImagePipelineCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  GetImagePipelineCommand,
  StartImagePipelineExecutionCommand,
  type CreateImagePipelineRequest,
} from "@aws-sdk/client-imagebuilder";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { newestBaseImage } from "../../../../lambda/prepare-image/base-image";
import { bakedBase, ensureRecipe, readBaseRecipe } from "../../../../lambda/prepare-image/recipe-version";
import { ImageBuilderFixture, parentImage } from "./image-builder-fixture";

jest.setTimeout(120_000);

const baseDocument = readFileSync(join(process.cwd(), "constructs/image/base-component.yml"), "utf8");
/** Takes what the base component made, and adds a file. */
const applicationDocument = `
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: NeedsTheBase
        action: ExecuteBash
        inputs: { commands: [systemctl is-enabled send-logs.service] }
      - name: Application
        action: CreateFile
        inputs: [{ path: /opt/app/version, content: "1.0.7" }]
`;
const fixture = new ImageBuilderFixture();
const scope = "arn:aws:imagebuilder:eu-central-1:111122223333";
const imageVersionArn = `${scope}:image/base/1.0.0`;
const schedule = {
  scheduleExpression: "cron(0 4 ? * sun *)",
  timezone: "Europe/Berlin",
  pipelineExecutionStartCondition: "EXPRESSION_MATCH_ONLY" as const,
};
let basePipeline: string;
let infrastructure: string;

beforeAll(async () => {
  await fixture.start();
  fixture.ec2.on(DescribeImagesCommand).callsFake(({ ImageIds: [ImageId] }: { ImageIds: [string] }) => ({
    Images: [{ ImageId, Architecture: "arm64" }],
  }));
  const { client } = fixture;
  const { infrastructureConfigurationArn } = await client.send(
    new CreateInfrastructureConfigurationCommand({ name: "builder", instanceProfileName: "builder" }),
  );
  infrastructure = infrastructureConfigurationArn!;
  const recipe = await client.send(
    new CreateImageRecipeCommand({
      name: "base",
      semanticVersion: "1.0.0",
      parentImage,
      components: [{ componentArn: await component("base", "1.0.0", baseDocument) }],
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 12, volumeType: "gp3" } }],
    }),
  );
  basePipeline = await pipeline("base", recipe.imageRecipeArn!, { schedule });
});
afterAll(() => fixture.stop());

async function component(name: string, semanticVersion: string, data: string): Promise<string> {
  const made = await fixture.client.send(
    new CreateComponentCommand({ name, semanticVersion, platform: "Linux", data }),
  );
  return made.componentBuildVersionArn!;
}

async function pipeline(
  name: string,
  imageRecipeArn: string,
  settings: Partial<CreateImagePipelineRequest> = {},
): Promise<string> {
  const made = await fixture.client.send(
    new CreateImagePipelineCommand({
      name,
      imageRecipeArn,
      infrastructureConfigurationArn: infrastructure,
      ...settings,
    }),
  );
  return made.imagePipelineArn!;
}

async function bake(imagePipelineArn: string) {
  const { imageBuildVersionArn } = await fixture.client.send(
    new StartImagePipelineExecutionCommand({ imagePipelineArn }),
  );
  return fixture.ended(imageBuildVersionArn!);
}

it("keeps a pipeline's schedule, and builds nothing by itself", async () => {
  const { imagePipeline } = await fixture.client.send(
    new GetImagePipelineCommand({ imagePipelineArn: basePipeline }),
  );
  expect(imagePipeline?.schedule).toEqual(schedule);
  expect(await newestBaseImage(fixture.client, imageVersionArn)).toBeUndefined();
});

it("bakes a release on top of the newest base image, and the release holds both", async () => {
  await bake(basePipeline);
  const base = await bake(basePipeline);
  expect(base.state).toEqual({ status: "AVAILABLE" });
  const newest = await newestBaseImage(fixture.client, imageVersionArn);
  expect(newest).toEqual({ arn: `${imageVersionArn}/2`, imageId: base.outputResources!.amis![0]!.image });

  const baseRecipe = await readBaseRecipe(fixture.client, `${scope}:image-recipe/base/1.0.0`);
  const recipe = await ensureRecipe(fixture.client, bakedBase(baseRecipe, newest!.imageId), {
    name: "release",
    version: "1.0.7",
    arn: `${scope}:image-recipe/release/1.0.7`,
    component: { componentArn: await component("application", "1.0.7", applicationDocument) },
    amiTags: { Application: "shop" },
    clientToken: "recipe",
  });
  fixture.ec2.resetHistory();
  const release = await bake(await pipeline("release", recipe));
  expect(release.state).toEqual({ status: "AVAILABLE" });
  const root = fixture.images.rootOf(release.outputResources!.amis![0]!.image!)!;
  expect(readFileSync(join(root, "opt/app/version"), "utf8")).toBe("1.0.7");
  expect(existsSync(join(root, "etc/systemd/system/send-logs.service"))).toBe(true);
  const [registered] = fixture.ec2.commandCalls(RegisterImageCommand).map((call) => call.args[0].input);
  expect(registered?.BlockDeviceMappings?.[0]?.Ebs?.VolumeSize).toBe(12);
  expect(fixture.gateway.unexpected).toEqual([]);
});

it("bakes when asked to also while the pipeline is disabled, which is about its schedule", async () => {
  const recipe = `${scope}:image-recipe/base/1.0.0`;
  const image = await bake(await pipeline("disabled", recipe, { schedule, status: "DISABLED" }));
  expect(image.state?.status).toBe("AVAILABLE");
});

it("asks who makes such a recipe for the permission to look at AMIs", async () => {
  fixture.gateway.asked.length = 0;
  await fixture.client.send(
    new CreateImageRecipeCommand({
      name: "other",
      semanticVersion: "1.0.0",
      parentImage: "ami-00000000000000001",
      components: [{ componentArn: await component("other", "1.0.0", applicationDocument) }],
    }),
  );
  expect(fixture.gateway.asked.map(({ action }) => action)).toContain("ec2:DescribeImages");
});
