import { ImagebuilderClient, GetComponentCommand } from "@aws-sdk/client-imagebuilder";
import { S3Client } from "@aws-sdk/client-s3";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Cloud, RoleCredentials } from "../../cloud";
import { type BootedMachine, bootMachine } from "../../machine/boot";
import { removeTree } from "../../machine/machine-images";
import { type InstanceMetadata, type MetadataEndpoint, serveMetadata } from "../../machine/metadata-service";
import { parseDocument } from "../runner/parse-document";
import { DocumentRunner } from "../runner/run-document";
import type { ComponentRecord, RecipeRecord } from "../store";
import { BakeFailure } from "./bake-failure";
import type { BakeLog } from "./bake-log";

/** Folders whose contents do not outlive a machine. */
const volatile = ["run", "tmp", "var/tmp"];

/** An instance that Image Builder builds or tests on: a booted machine, and a runner for each component. */
export class BuildMachine {
  private constructor(
    private readonly machine: BootedMachine,
    private readonly metadata: MetadataEndpoint,
    private readonly runners: readonly { readonly arn: string; readonly runner: DocumentRunner }[],
    private readonly log: BakeLog,
  ) {}

  static async launch(settings: {
    readonly cloud: Cloud;
    readonly root: string;
    readonly directory: string;
    readonly metadata: InstanceMetadata;
    readonly credentials: RoleCredentials;
    readonly recipe: RecipeRecord;
    readonly components: readonly ComponentRecord[];
    readonly log: BakeLog;
    readonly signal: AbortSignal;
  }): Promise<BuildMachine> {
    const { cloud, credentials, recipe, log, signal } = settings;
    const metadata = await serveMetadata(settings.metadata);
    await mkdir(settings.directory, { recursive: true });
    const machine = await bootMachine(
      {
        root: settings.root,
        directory: settings.directory,
        instanceId: settings.metadata.instanceId,
        metadataEndpoint: metadata.url,
      },
      signal,
    );
    const options = cloud.clientOptions(credentials);
    const s3 = new S3Client({ ...options, forcePathStyle: true });
    const variables = {
      AWS_REGION: options.region,
      AWS_DEFAULT_REGION: options.region,
      AWS_ENDPOINT_URL: options.endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    };
    try {
      const runners = [];
      for (const [index, component] of settings.components.entries()) {
        const given = recipe.components![index]!.parameters ?? [];
        const parameters = new Map(given.map(({ name, value }) => [name!, value![0]!]));
        const runner = new DocumentRunner({
          document: parseDocument(await documentOf(cloud, credentials, component.arn)),
          parameters,
          machine,
          s3,
          variables,
          workingDirectory: recipe.workingDirectory ?? "/",
          scratch: join(settings.directory, "toe", String(index)),
          log: (line) => log.hear(line),
          signal,
        });
        runners.push({ arn: component.arn, runner });
      }
      return new BuildMachine(machine, metadata, runners, log);
    } catch (error) {
      machine.kill();
      await metadata.close();
      throw error;
    }
  }

  /** Runs one phase of every component, in the recipe's order, up to the first that fails. */
  async phase(name: string, workflowStep: string): Promise<void> {
    for (const { arn, runner } of this.runners) {
      this.log.hear(`Document ${arn}`);
      const failure = await runner.phase(name);
      if (failure)
        throw new BakeFailure(
          `Document ${arn} failed! Step '${failure.step}' in phase '${failure.phase}': ${failure.message}`,
          workflowStep,
          { ...failure, arn },
        );
    }
  }

  /** Stops the machine and takes away what belongs to it and not to an image. */
  async shutDown(): Promise<void> {
    await this.machine.shutDown();
    await this.metadata.close();
    const { root } = this.machine.paths;
    for (const folder of volatile)
      for (const name of await readdir(join(root, folder)).catch(() => []))
        await removeTree(join(root, folder, name));
  }

  async kill(): Promise<void> {
    this.machine.kill();
    await this.machine.ended;
    await this.metadata.close();
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
