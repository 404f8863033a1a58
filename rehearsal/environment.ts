import type { Configuration } from "../config/configuration";
import type { ClientOptions } from "./cloud/cloud";

/** Credentials of whoever deploys: the account itself. */
export function deployer(
  endpoint: string,
  { region, accountId }: Pick<Configuration, "region" | "accountId">,
): ClientOptions {
  return {
    region,
    endpoint,
    credentials: { accessKeyId: accountId, secretAccessKey: "rehearsal", sessionToken: "" },
  };
}

export interface EnvironmentSettings {
  readonly endpoint: string;
  readonly configuration: Pick<Configuration, "region" | "accountId">;
  readonly outputDirectory: string;
  readonly terraformCliConfiguration: string;
  /** Configuration input in place of pipeline.config.ts. */
  readonly configurationFile?: string;
}

/**
 * The environment of the commands: the user's own, without any setting that would lead Terraform or an SDK to a real
 * account.
 */
export function commandEnvironment(settings: EnvironmentSettings): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|TF|CDKTF)_/.test(name));
  return {
    ...Object.fromEntries(inherited),
    AWS_ENDPOINT_URL: settings.endpoint,
    AWS_ACCESS_KEY_ID: settings.configuration.accountId,
    AWS_SECRET_ACCESS_KEY: "rehearsal",
    AWS_REGION: settings.configuration.region,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    CDKTF_OUTDIR: settings.outputDirectory,
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: settings.terraformCliConfiguration,
    TF_IN_AUTOMATION: "1",
    ...(settings.configurationFile ? { PIPELINE_CONFIG: settings.configurationFile } : {}),
  };
}
