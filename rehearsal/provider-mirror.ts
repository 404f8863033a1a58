import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { terraformProgram } from "../cli/requirements";
import type { Commands } from "./command";
import { onceInstalled } from "./once-installed";

/** One of the versions that the stacks accept: the one that the local cloud is tested with. */
export const testedProviderVersion = "5.100.0";

/**
 * Has Terraform install the provider once, with the user's own settings, and makes a CLI configuration with which
 * every later `init` takes it from there. Three stacks would otherwise download 700 MB each, or share Terraform's
 * plugin cache, which is not safe for inits at the same time.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
 * @returns the path of the CLI configuration
 */
export async function mirrorProvider(
  cacheDirectory: string,
  version: string,
  commands: Commands,
): Promise<string> {
  const directory = join(cacheDirectory, "provider");
  const providers = join(directory, ".terraform/providers");
  const requirement = { aws: { source: "hashicorp/aws", version } };
  // named after the constraint, and gone when the folder is cleared
  const installed = join(directory, `installed-${Buffer.from(version).toString("base64url")}`);
  await onceInstalled(installed, "", async () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, "main.tf.json"),
      JSON.stringify({ terraform: { required_providers: requirement } }, undefined, 2),
    );
    await commands.run(terraformProgram(), ["init", "-upgrade", "-input=false", "-no-color"], {
      directory,
      environment: { ...process.env, CHECKPOINT_DISABLE: "1" },
      log: "provider",
    });
  });
  const configuration = join(directory, "rehearsal.tfrc");
  // in one step: a Terraform of another run may be reading it
  writeFileSync(
    `${configuration}.${process.pid}`,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(providers)}\n  }\n}\n`,
  );
  renameSync(`${configuration}.${process.pid}`, configuration);
  return configuration;
}
