import { join } from "node:path";
import { removeTree } from "../../machine/machine-images";
import { resolveParent } from "../parent-image";
import type { ImageRecord, ImageStatus, RecipeRecord } from "../store";
import type { ImageWorkflow } from "../workflows/image-workflows";
import { runWorkflow } from "../workflows/run-workflow";
import type { WorkflowType } from "../workflows/workflow-document";
import type { BakeContext } from "./bake-context";
import { BakeFailure } from "./bake-failure";
import { BakeHost } from "./bake-host";
import type { BakeLog } from "./bake-log";
import type { Baker } from "./baker";
import { systemVariables } from "./system-variables";

const stages: readonly (readonly [WorkflowType, ImageStatus])[] = [
  ["BUILD", "BUILDING"],
  ["TEST", "TESTING"],
  ["DISTRIBUTION", "DISTRIBUTING"],
];
/** How many test workflows of a group run at the same time. */
const mostParallel = 5;

/** Bakes one image by the workflows of its stages. What machines leave goes at the end; AMIs stay. */
export async function bake(
  baker: Baker,
  image: ImageRecord,
  recipe: RecipeRecord,
  workflows: readonly ImageWorkflow[],
  log: BakeLog,
  signal: AbortSignal,
): Promise<void> {
  const { cloud, store } = baker;
  const directory = join(cloud.directory, "imagebuilder/bakes", image.arn.split("/").slice(1).join("-"));
  baker.enter(image, { status: "CREATING" }, log);
  const parent = await resolveParent(cloud, store, recipe.parentImage!);
  log.say(`Resolved Image Recipe parent image ${recipe.parentImage} to AMI ${parent.imageId}.`);
  if (image.executionRole) await takeRole(baker, image.executionRole, image.arn);
  const context: BakeContext = { baker, cloud, image, recipe, parent, log, directory, signal };
  const host = new BakeHost(context);
  const workflowOutputs: Record<string, unknown> = {};
  try {
    for (const [type, status] of stages) {
      signal.throwIfAborted();
      if (type === "TEST" && image.imageTestsConfiguration?.imageTestsEnabled === false) continue;
      const ofStage = workflows.filter(({ workflow }) => workflow.type === type);
      if (ofStage.length === 0) continue;
      baker.enter(image, { status }, log);
      for (const group of groups(ofStage)) {
        const ended = await Promise.allSettled(
          group.map((each) => run(each, context, host, workflowOutputs)),
        );
        const failed = ended.find((each) => each.status === "rejected");
        if (failed) throw failed.reason;
      }
    }
    // without a workflow that builds, the image is its parent
    const amis = host.distribution.outputs;
    const { region, accountId } = cloud;
    image.outputResources = {
      amis: amis.length > 0 ? amis : [{ region, image: parent.imageId, accountId }],
    };
  } finally {
    await host.instances.close();
    await removeTree(directory);
  }
}

/** Test workflows of one group run together, all others one after the other. */
function groups(workflows: readonly ImageWorkflow[]): ImageWorkflow[][] {
  const result: ImageWorkflow[][] = [];
  for (const each of workflows) {
    const group = result.find(
      ([first, ...more]) =>
        each.parallelGroup && first?.parallelGroup === each.parallelGroup && more.length + 1 < mostParallel,
    );
    if (group) group.push(each);
    else result.push([each]);
  }
  return result;
}

async function run(
  { workflow, parameters, parallelGroup, onFailure }: ImageWorkflow,
  context: BakeContext,
  host: BakeHost,
  workflowOutputs: Record<string, unknown>,
): Promise<void> {
  const { baker, image, log, signal } = context;
  const { document, type } = workflow;
  log.say(`Started ${type} workflow ${workflow.arn}`);
  const execution = baker.executions.start({
    imageArn: image.arn,
    workflowArn: workflow.arn,
    type,
    parallelGroup,
    stepCount: document.steps.length,
  });
  const imagebuilder = systemVariables(context, type);
  const scope = { parameters, workflowOutputs, imagebuilder };
  try {
    const outputs = await runWorkflow({ document, execution, scope, host, signal });
    Object.assign(workflowOutputs, outputs);
  } catch (error) {
    if (signal.aborted || onFailure === "ABORT") throw error;
    log.say(`Workflow ${workflow.arn} failed, the image goes on: ${(error as Error).message}`);
  }
}

/** Image Builder acts in the account with this role, so it has to be let in. */
async function takeRole({ cloud, arns }: Baker, executionRole: string, arn: string): Promise<void> {
  try {
    await cloud.assumeRole(arns.role(executionRole), "imagebuilder.amazonaws.com", arn.split("/")[1]!);
  } catch (error) {
    throw new BakeFailure(`The execution role could not be assumed: ${(error as Error).message}`);
  }
}
