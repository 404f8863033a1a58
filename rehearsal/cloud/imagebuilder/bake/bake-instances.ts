import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RoleCredentials } from "../../cloud";
import type { Fields } from "../document-fields";
import type { StepExecution } from "../workflows/workflow-executions";
import type { BakeContext } from "./bake-context";
import { BakeFailure } from "./bake-failure";
import { BuildMachine } from "./build-machine";
import { instanceIdentifier } from "./ids";
import { instanceCredentials } from "./instance-role";
import { collectInventory } from "./inventory";

const phases = { BUILD: ["build", "validate"], TEST: ["test"], DISTRIBUTION: [] } as const;

/** The instances of a bake, and the step actions that need one. */
export class BakeInstances {
  private readonly machines = new Map<string, BuildMachine>();
  private readonly credentials = new Map<string, RoleCredentials>();

  constructor(private readonly bake: BakeContext) {}

  /** @throws BakeFailure when the workflow has launched no such instance */
  get(inputs: Fields): BuildMachine {
    const machine = this.machines.get(String(inputs.instanceId));
    if (!machine)
      throw new BakeFailure(`The instance ${String(inputs.instanceId)} was not launched by this image`);
    return machine;
  }

  async launch(inputs: Fields, defaultImageId: string): Promise<Fields> {
    const { cloud, baker, image, parent, recipe, log, signal } = this.bake;
    if (inputs.waitFor !== "ssmAgent")
      throw new BakeFailure(`waitFor '${String(inputs.waitFor)}' must be ssmAgent`);
    const infrastructure = image.infrastructureConfiguration!;
    const instanceId = instanceIdentifier();
    const profile = infrastructure.instanceProfileName!;
    const credentials = await instanceCredentials(cloud, baker.authorizer, profile, instanceId);
    await log.connectMachines(credentials);
    const imageId = inputs.imageIdOverride === undefined ? defaultImageId : String(inputs.imageIdOverride);
    const directory = join(this.bake.directory, instanceId);
    const root = join(directory, "root");
    await baker.machineImages.clone(imageId, root);
    const types = (inputs.instanceTypesOverride ?? infrastructure.instanceTypes) as string[] | undefined;
    const machine = await BuildMachine.launch({
      cloud,
      root,
      directory: join(directory, "machine"),
      metadata: {
        instanceId,
        imageId,
        instanceType: types?.[0] ?? "m5.large",
        region: cloud.region,
        accountId: cloud.accountId,
        architecture: parent.architecture,
      },
      credentials,
      recipe,
      log,
      signal,
    });
    this.machines.set(instanceId, machine);
    this.credentials.set(instanceId, credentials);
    log.say(`Launched instance (instance id: ${instanceId})`);
    return { instanceId };
  }

  async executeComponents(step: StepExecution, inputs: Fields, signal: AbortSignal): Promise<Fields> {
    const { baker, recipe } = this.bake;
    const components = (recipe.components ?? []).map(({ componentArn }) =>
      baker.store.component(componentArn!),
    );
    await this.get(inputs).execute(components, phases[step.execution.type], signal);
    return commandOutputs("");
  }

  async runCommand(inputs: Fields, signal: AbortSignal): Promise<Fields> {
    const machine = this.get(inputs);
    if (inputs.documentName !== "AWS-RunShellScript")
      throw new BakeFailure(
        `The document ${String(inputs.documentName)} can't be run here; AWS-RunShellScript can`,
      );
    const { commands } = (inputs.parameters ?? {}) as { commands?: unknown };
    if (!Array.isArray(commands)) throw new BakeFailure("AWS-RunShellScript requires the parameter commands");
    return commandOutputs([await machine.runShellScript(commands.map(String), signal)]);
  }

  /** An agent here is there as soon as its instance is. */
  async waitForAgent(inputs: Fields): Promise<Fields> {
    this.get(inputs);
    return { status: "Online" };
  }

  async sanitize(inputs: Fields): Promise<Fields> {
    await this.get(inputs).sanitize();
    return commandOutputs("");
  }

  async collectMetadata(inputs: Fields): Promise<Fields> {
    const { root } = this.get(inputs);
    const { cloud, baker } = this.bake;
    const instanceId = String(inputs.instanceId);
    const credentials = this.credentials.get(instanceId)!;
    await collectInventory(cloud, baker.authorizer, { instanceId, credentials });
    const release = await readFile(join(root, "etc/os-release"), "utf8").catch(() => "");
    const osVersion = /^PRETTY_NAME="?([^"\n]+)/m.exec(release)?.[1];
    if (!osVersion) throw new BakeFailure("/etc/os-release does not say what the operating system is");
    this.bake.image.osVersion = osVersion;
    return { osVersion };
  }

  async terminate(inputs: Fields): Promise<Fields> {
    await this.get(inputs).terminate();
    this.machines.delete(String(inputs.instanceId));
    this.credentials.delete(String(inputs.instanceId));
    return {};
  }

  /** @returns false when there is no such instance any more */
  async terminateIfThere(instanceId: string): Promise<boolean> {
    if (!this.machines.has(instanceId)) return false;
    await this.terminate({ instanceId });
    return true;
  }

  /** Instances that a workflow left running would run on, on AWS. */
  async close(): Promise<void> {
    for (const instanceId of [...this.machines.keys()]) await this.terminate({ instanceId });
  }
}

/** What Systems Manager tells of a command. */
const commandOutputs = (output: string | readonly string[]): Fields => ({
  runCommandId: randomUUID(),
  status: "Success",
  output,
});
