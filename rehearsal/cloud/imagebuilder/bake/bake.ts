import { join } from "node:path";
import { removeTree } from "../../machine/machine-images";
import { resolveParent } from "../parent-image";
import type { ImageRecord, RecipeRecord } from "../store";
import { BakeFailure } from "./bake-failure";
import type { BakeLog } from "./bake-log";
import type { Baker } from "./baker";
import { BuildMachine } from "./build-machine";
import { distribute, integrate } from "./distribute";
import { instanceIdentifier } from "./ids";
import { type BuildInstance, instanceCredentials } from "./instance-role";
import { collectInventory } from "./inventory";

/**
 * Bakes one image: builds and validates on a machine cloned from the parent, tests on a second machine cloned from the
 * first one's disk, and only then registers AMIs. A bake that fails leaves nothing but its log.
 */
export async function bake(
  baker: Baker,
  image: ImageRecord,
  recipe: RecipeRecord,
  log: BakeLog,
  signal: AbortSignal,
): Promise<void> {
  const { cloud, store, arns, machineImages } = baker;
  const directory = join(cloud.directory, "imagebuilder/bakes", image.arn.split("/").slice(1).join("-"));
  const root = join(directory, "build/root");
  try {
    baker.enter(image, { status: "CREATING" }, log);
    baker.enter(image, { status: "BUILDING" }, log);
    const parent = await resolveParent(cloud, store, recipe.parentImage!);
    log.say(`Resolved Image Recipe parent image ${recipe.parentImage} to AMI ${parent.imageId}.`);
    const components = (recipe.components ?? []).map(({ componentArn }) => store.component(componentArn!));
    const infrastructure = image.infrastructureConfiguration!;

    /** A machine of this bake, with the instance profile's credentials, for as long as `use` needs it. */
    const withMachine = async (
      stage: "build" | "test",
      machineRoot: string,
      use: (machine: BuildMachine, instance: BuildInstance) => Promise<void>,
      within: AbortSignal,
    ): Promise<void> => {
      within.throwIfAborted();
      log.say(`Started ${stage.toUpperCase()} workflow ${arns.managedWorkflow(stage, `${stage}-image`)}`);
      const instanceId = instanceIdentifier();
      const credentials = await instanceCredentials(
        cloud,
        baker.authorizer,
        infrastructure.instanceProfileName!,
        instanceId,
      );
      await log.connectMachines(credentials);
      const machine = await BuildMachine.launch({
        cloud,
        root: machineRoot,
        directory: join(directory, stage, "machine"),
        metadata: {
          instanceId,
          imageId: parent.imageId,
          instanceType: infrastructure.instanceTypes?.[0] ?? "m5.large",
          region: cloud.region,
          accountId: cloud.accountId,
          architecture: parent.architecture,
        },
        credentials,
        recipe,
        components,
        log,
        signal: within,
      });
      log.say(`Launched instance (instance id: ${instanceId})`);
      try {
        await use(machine, { instanceId, credentials });
      } catch (error) {
        await machine.kill();
        throw error;
      }
      await machine.shutDown();
    };

    await machineImages.clone(parent.imageId, root);
    await withMachine(
      "build",
      root,
      async (machine, instance) => {
        await machine.phase("build", "ApplyBuildComponents");
        await machine.phase("validate", "ApplyBuildComponents");
        if (image.enhancedImageMetadataEnabled) await collectInventory(cloud, baker.authorizer, instance);
      },
      signal,
    );

    const tests = image.imageTestsConfiguration;
    if (tests?.imageTestsEnabled !== false) {
      baker.enter(image, { status: "TESTING" }, log);
      const testRoot = join(directory, "test/root");
      await machineImages.cloneFrom(root, testRoot);
      const limit = AbortSignal.timeout((tests?.timeoutMinutes ?? 720) * 60_000);
      try {
        await withMachine(
          "test",
          testRoot,
          (machine) => machine.phase("test", "ApplyTestComponents"),
          AbortSignal.any([signal, limit]),
        );
      } catch (error) {
        if (limit.aborted && !signal.aborted)
          throw new BakeFailure(
            `The tests took longer than ${tests?.timeoutMinutes} minutes`,
            "ApplyTestComponents",
          );
        throw error;
      }
    }

    signal.throwIfAborted();
    baker.enter(image, { status: "DISTRIBUTING" }, log);
    const outputs = await distribute(cloud, image, recipe, parent.architecture);
    try {
      for (const { ami } of outputs)
        await machineImages.store(root, {
          imageId: ami.image!,
          name: ami.name!,
          architecture: parent.architecture,
          created: new Date().toISOString(),
          parentImageId: parent.imageId,
        });
      baker.enter(image, { status: "INTEGRATING" }, log);
      await integrate(cloud, outputs);
      signal.throwIfAborted();
    } catch (error) {
      for (const { ami, undo } of outputs) {
        await undo();
        await machineImages.remove(ami.image!);
      }
      throw error;
    }
    image.outputResources = { amis: outputs.map(({ ami }) => ami) };
  } finally {
    await removeTree(directory);
  }
}
