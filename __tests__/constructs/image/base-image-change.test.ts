import {
  GetImageRecipeCommand,
  ImagebuilderClient,
  ListComponentsCommand,
} from "@aws-sdk/client-imagebuilder";
import { Testing } from "cdktf";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Names } from "../../../config/names";
import { bundleFunctions } from "../../../lambda/bundle";
import { ensureComponent } from "../../../lambda/prepare-image/component-version";
import { ensureRecipe, readBaseRecipe } from "../../../lambda/prepare-image/recipe-version";
import { pointPipelineTo } from "../../../lambda/shared/image-pipeline";
import { leftovers, takeInventory, type Inventory } from "../../../rehearsal/inventory";
import { PipelineStack } from "../../../stacks/pipeline-stack";
import { configuration, staging } from "../../support/configuration";
import { RunningCloud } from "../../support/running-cloud";
import { Terraform } from "../../support/terraform";
import { terraformDirectory } from "../../support/terraform-directory";

// the real Terraform with the real provider, several times, on the local cloud
jest.setTimeout(600_000);

const settings = configuration({ subnetIds: [], environments: [staging] });
const names = new Names(settings);
const home = process.cwd();
const document = "constructs/image/base-component.yml";
const original = readFileSync(document, "utf8");
let cloud: RunningCloud;
let imageBuilder: ImagebuilderClient;
let before: Inventory;

beforeAll(async () => {
  cloud = await RunningCloud.start();
  imageBuilder = new ImagebuilderClient(cloud.client);
  before = await takeInventory(cloud.client);
  bundleFunctions(path.join(cloud.directory, "bundles"));
});

afterAll(async () => {
  process.chdir(home);
  await cloud.stop();
});

/** The stack as it is with this content of the base component, in a folder with the one state. */
function synthesize(content: string): string {
  const project = mkdtempSync(path.join(cloud.directory, "project-"));
  mkdirSync(path.join(project, path.dirname(document)), { recursive: true });
  writeFileSync(path.join(project, document), content);
  writeFileSync(path.join(project, "cdktf.json"), "{}");
  process.chdir(project);
  const stack = new PipelineStack(Testing.app(), settings, path.join(cloud.directory, "bundles"));
  const synthesized = terraformDirectory(stack, path.join(cloud.directory, "terraform.tfstate"));
  return path.join(synthesized, "stacks", stack.node.id);
}

async function apply(content: string, ...options: string[]): Promise<Terraform> {
  const terraform = await Terraform.in(synthesize(content), cloud);
  await terraform.run("init");
  await terraform.run("apply", ["-auto-approve", ...options]);
  return terraform;
}

/** What the pipeline makes of a release before it is baked, with the functions' own code. @returns its recipe */
async function release(version: string): Promise<string> {
  const state = JSON.parse(readFileSync(path.join(cloud.directory, "terraform.tfstate"), "utf8")) as {
    resources: { type: string; name: string; instances: { attributes: { arn: string } }[] }[];
  };
  const baseRecipe = state.resources.find(
    ({ type, name }) => type === "aws_imagebuilder_image_recipe" && name.startsWith("BaseImage"),
  )!.instances[0]!.attributes.arn;
  const tags = { Application: settings.name };
  const component = await ensureComponent(imageBuilder, {
    name: names.applicationComponent,
    version,
    versionArn: names.arn("imagebuilder", `component/${names.applicationComponent}/${version}`),
    data: original,
    tags,
    clientToken: `component-${version}`,
  });
  const recipe = await ensureRecipe(imageBuilder, await readBaseRecipe(imageBuilder, baseRecipe), {
    name: names.recipe,
    version,
    arn: names.arn("imagebuilder", `image-recipe/${names.recipe}/${version}`),
    component: { componentArn: component.arn },
    amiTags: tags,
    clientToken: `recipe-${version}`,
  });
  const pipeline = names.arn("imagebuilder", `image-pipeline/${names.imagePipeline}`);
  await pointPipelineTo(imageBuilder, pipeline, recipe, `pipeline-${version}`);
  return recipe;
}

async function baseComponents(): Promise<string[]> {
  const { componentVersionList = [] } = await imageBuilder.send(new ListComponentsCommand({ owner: "Self" }));
  return componentVersionList.map(({ name = "" }) => name).filter((name) => name.startsWith(names.baseImage));
}

test("the base component can be changed before and after releases, and everything goes when all is destroyed", async () => {
  await apply(original);
  // before any release; nothing but the apply before has touched what there is
  await apply(`${original}# changed once\n`, "-refresh=false");
  const recipe = await release("1.0.2");
  const [first] = await baseComponents();
  // the release's recipe holds on to the component
  const changed = await apply(`${original}# changed twice\n`);
  expect((await changed.run("plan", ["-detailed-exitcode"], [0, 2])).code).toBe(0);
  const { imageRecipe } = await imageBuilder.send(new GetImageRecipeCommand({ imageRecipeArn: recipe }));
  expect(imageRecipe?.components).toHaveLength(2);
  expect(await baseComponents()).toEqual([first, expect.any(String), expect.any(String)]);

  await changed.run("destroy", ["-auto-approve"]);
  expect(leftovers(before, await takeInventory(cloud.client))).toEqual([]);
});
