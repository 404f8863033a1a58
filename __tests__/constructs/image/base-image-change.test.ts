import {
  GetImageRecipeCommand,
  ImagebuilderClient,
  ListComponentsCommand,
} from "@aws-sdk/client-imagebuilder";
import { Testing } from "cdktf";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { terraformProgram } from "../../../cli/requirements";
import { Names } from "../../../config/names";
import { bundleFunctions } from "../../../lambda/bundle";
import { ensureComponent } from "../../../lambda/prepare-image/component-version";
import { ensureRecipe, readBaseRecipe } from "../../../lambda/prepare-image/recipe-version";
import { pointPipelineTo } from "../../../lambda/shared/image-pipeline";
import { startCloudProcess, stopCloudProcess, type CloudProcess } from "../../../rehearsal/cloud-process";
import { CommandFailure, Commands } from "../../../rehearsal/command";
import { commandEnvironment, deployer } from "../../../rehearsal/environment";
import { leftovers, takeInventory, type Inventory } from "../../../rehearsal/inventory";
import { mirrorProvider, testedProviderVersion } from "../../../rehearsal/provider-mirror";
import { cacheDirectory } from "../../../rehearsal/workspace";
import { PipelineStack } from "../../../stacks/pipeline-stack";
import { configuration, staging } from "../../support/configuration";
import { terraformDirectory } from "../../support/terraform-directory";

// the real Terraform with the real provider, several times, on the local cloud
jest.setTimeout(600_000);

const settings = configuration({ subnetIds: [], environments: [staging] });
const names = new Names(settings);
const home = process.cwd();
const directory = mkdtempSync(path.join(tmpdir(), "base-image-change-"));
const document = "constructs/image/base-component.yml";
const original = readFileSync(document, "utf8");
const commands = new Commands(path.join(directory, "logs"));
let cloud: CloudProcess;
let environment: NodeJS.ProcessEnv;
let imageBuilder: ImagebuilderClient;
let before: Inventory;

beforeAll(async () => {
  const cliConfiguration = await mirrorProvider(cacheDirectory, testedProviderVersion, commands);
  cloud = await startCloudProcess({
    directory: path.join(directory, "cloud"),
    cacheDirectory,
    accountId: settings.accountId,
    region: settings.region,
    owner: process.pid,
  });
  environment = commandEnvironment({
    endpoint: cloud.endpoint,
    configuration: settings,
    outputDirectory: path.join(directory, "cdktf.out"),
    terraformCliConfiguration: cliConfiguration,
  });
  imageBuilder = new ImagebuilderClient(deployer(cloud.endpoint, settings));
  before = await takeInventory(deployer(cloud.endpoint, settings));
  bundleFunctions(path.join(directory, "bundles"));
});

afterAll(async () => {
  process.chdir(home);
  await stopCloudProcess(cloud.pid);
  rmSync(directory, { recursive: true, force: true });
});

/** The stack as it is with this content of the base component, in a folder with the one state. */
function synthesize(content: string): string {
  const project = mkdtempSync(path.join(directory, "project-"));
  mkdirSync(path.join(project, path.dirname(document)), { recursive: true });
  writeFileSync(path.join(project, document), content);
  writeFileSync(path.join(project, "cdktf.json"), "{}");
  process.chdir(project);
  const stack = new PipelineStack(Testing.app(), settings, path.join(directory, "bundles"));
  const synthesized = terraformDirectory(stack, path.join(directory, "terraform.tfstate"));
  return path.join(synthesized, "stacks", stack.node.id);
}

async function terraform(stack: string, args: readonly string[], accepted = [0]): Promise<number> {
  const command = { directory: stack, environment, log: "terraform" };
  try {
    const options = [...args, "-input=false", "-no-color"];
    return (await commands.run(terraformProgram(), options, command, accepted)).code;
  } catch (error) {
    // its log goes with the folder
    throw error instanceof CommandFailure ? new Error(`${error.message}:\n${error.lastLines}`) : error;
  }
}

async function apply(content: string, ...options: string[]): Promise<string> {
  const stack = synthesize(content);
  await terraform(stack, ["init"]);
  await terraform(stack, ["apply", "-auto-approve", ...options]);
  return stack;
}

/** What the pipeline makes of a release before it is baked, with the functions' own code. @returns its recipe */
async function release(version: string): Promise<string> {
  const state = JSON.parse(readFileSync(path.join(directory, "terraform.tfstate"), "utf8")) as {
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
  expect(await terraform(changed, ["plan", "-detailed-exitcode"], [0, 2])).toBe(0);
  const { imageRecipe } = await imageBuilder.send(new GetImageRecipeCommand({ imageRecipeArn: recipe }));
  expect(imageRecipe?.components).toHaveLength(2);
  expect(await baseComponents()).toEqual([first, expect.any(String), expect.any(String)]);

  await terraform(changed, ["destroy", "-auto-approve"]);
  expect(leftovers(before, await takeInventory(deployer(cloud.endpoint, settings)))).toEqual([]);
});
