import { GetComponentCommand, ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import { S3Client } from "@aws-sdk/client-s3";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Cloud, RoleCredentials } from "../../cloud";
import { type BootedMachine, bootMachine } from "../../machine/boot";
import { removeTree } from "../../machine/machine-images";
import { type InstanceMetadata, type MetadataEndpoint, serveMetadata } from "../../machine/metadata-service";
import { type MachineContext, StepFailure } from "../runner/action-module";
import { executeBash } from "../runner/modules/execute";
import { parseDocument } from "../runner/parse-document";
import { DocumentRunner } from "../runner/run-document";
import type { ComponentRecord, RecipeRecord } from "../store";
import { BakeFailure } from "./bake-failure";
import type { BakeLog } from "./bake-log";

/** Folders that are in memory: what they hold does not outlive a machine. */
const volatile = ["run", "tmp"];
/** What is left of a build and does not belong into an image. */
const leftovers = ["tmp", "var/tmp"];

interface MachineSettings {
  readonly cloud: Cloud;
  readonly root: string;
  readonly directory: string;
  readonly metadata: InstanceMetadata;
  readonly credentials: RoleCredentials;
  readonly recipe: RecipeRecord;
  readonly log: BakeLog;
  readonly signal: AbortSignal;
}

/** An instance that Image Builder builds or tests on. */
export class BuildMachine {
  private documents = 0;

  private constructor(
    private readonly settings: MachineSettings,
    private readonly machine: BootedMachine,
    private readonly endpoint: MetadataEndpoint,
  ) {}

  static async launch(settings: MachineSettings): Promise<BuildMachine> {
    const endpoint = await serveMetadata(settings.metadata);
    await mkdir(settings.directory, { recursive: true });
    const { root, directory, metadata, signal } = settings;
    try {
      const machine = await bootMachine(
        { root, directory, instanceId: metadata.instanceId, metadataEndpoint: endpoint.url },
        signal,
      );
      return new BuildMachine(settings, machine, endpoint);
    } catch (error) {
      await endpoint.close();
      throw error;
    }
  }

  get root(): string {
    return this.settings.root;
  }

  /** Runs phases of every component, each in the recipe's order, up to the first that fails. */
  async execute(
    components: readonly ComponentRecord[],
    phases: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const { cloud, credentials, recipe, log } = this.settings;
    const runners = [];
    for (const [index, { arn }] of components.entries()) {
      const given = recipe.components![index]!.parameters ?? [];
      const parameters = new Map(given.map(({ name, value }) => [name!, value![0]!]));
      const document = parseDocument(await documentOf(cloud, credentials, arn));
      runners.push({ arn, runner: new DocumentRunner({ ...this.context(signal), document, parameters }) });
    }
    for (const phase of phases)
      for (const { arn, runner } of runners) {
        log.hear(`Document ${arn}`);
        const failure = await runner.phase(phase);
        if (failure)
          throw new BakeFailure(
            `Document ${arn} failed! Step '${failure.step}' in phase '${failure.phase}': ${failure.message}`,
            undefined,
            { ...failure, arn },
          );
      }
  }

  /** Runs commands as Systems Manager's AWS-RunShellScript does. @returns what they printed */
  async runShellScript(commands: readonly string[], signal: AbortSignal): Promise<string> {
    try {
      const nested = () => Promise.reject(new Error("a shell script runs no documents"));
      const outputs = await executeBash.run({ commands }, { ...this.context(signal), nested });
      return (outputs as { stdout: string }).stdout;
    } catch (error) {
      if (error instanceof StepFailure) throw new BakeFailure(`AWS-RunShellScript: ${error.message}`);
      throw error;
    }
  }

  async sanitize(): Promise<void> {
    for (const folder of leftovers) await this.empty(folder);
  }

  /** Stops the machine: its disk is as it was left, without what was in memory. */
  async shutDown(): Promise<void> {
    await this.machine.shutDown();
    for (const folder of volatile) await this.empty(folder);
  }

  /** Ends the machine, and takes its disk away. */
  async terminate(): Promise<void> {
    this.machine.kill();
    await this.machine.ended;
    await this.endpoint.close();
    await removeTree(this.root);
  }

  private async empty(folder: string): Promise<void> {
    const path = join(this.machine.paths.root, folder);
    for (const name of await readdir(path).catch(() => [])) await removeTree(join(path, name));
  }

  private context(signal: AbortSignal): MachineContext {
    const { cloud, credentials, recipe, directory, log } = this.settings;
    const options = cloud.clientOptions(credentials);
    return {
      machine: this.machine,
      s3: new S3Client({ ...options, forcePathStyle: true }),
      variables: {
        AWS_REGION: options.region,
        AWS_DEFAULT_REGION: options.region,
        AWS_ENDPOINT_URL: options.endpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
      },
      workingDirectory: recipe.workingDirectory ?? "/",
      scratch: join(directory, "toe", String(this.documents++)),
      log: (line) => log.hear(line),
      signal,
      component: (arn) => documentOf(cloud, credentials, arn),
    };
  }
}

/** The instance fetches each component itself, with its own permissions. */
async function documentOf(cloud: Cloud, credentials: RoleCredentials, arn: string): Promise<string> {
  const client = new ImagebuilderClient(cloud.clientOptions(credentials));
  try {
    const { component } = await client.send(new GetComponentCommand({ componentBuildVersionArn: arn }));
    return component!.data!;
  } catch (error) {
    throw new BakeFailure(`Document ${arn} could not be read by the instance: ${(error as Error).message}`);
  }
}
