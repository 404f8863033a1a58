import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { EnvironmentVariable } from "@aws-sdk/client-codebuild";
import type { Cloud, RoleCredentials } from "../cloud";
import type { Buildspec } from "./buildspec";
import { PhaseFailure } from "./phase-failure";
import type { BuildRecord } from "./records";

export interface BuildVariables {
  readonly values: Readonly<Record<string, string>>;
  /** values that must not show in the log */
  readonly secrets: readonly string[];
}

/**
 * The variables that a user sets: the build specification's, over them the project's, over them StartBuild's.
 * @throws PhaseFailure when a parameter can't be read with the project's role
 */
export async function userVariables(
  cloud: Cloud,
  credentials: RoleCredentials,
  build: BuildRecord,
  buildspec: Buildspec,
): Promise<BuildVariables> {
  const { environment, variableOverrides } = build.settings;
  const ofType = (values: Record<string, string> | null | undefined, type: EnvironmentVariable["type"]) =>
    Object.entries(values ?? {}).map(([name, value]) => ({ name, value, type }));
  const declared = new Map<string, EnvironmentVariable>(
    [
      ...ofType(buildspec.env?.variables, "PLAINTEXT"),
      ...ofType(buildspec.env?.["parameter-store"], "PARAMETER_STORE"),
      ...ofType(buildspec.env?.["secrets-manager"], "SECRETS_MANAGER"),
      ...(environment.environmentVariables ?? []),
      ...variableOverrides,
    ].map((variable) => [variable.name!, variable]),
  );
  const all = [...declared.values()];
  const secret = all.find(({ type }) => type === "SECRETS_MANAGER");
  if (secret)
    throw new PhaseFailure(
      "CLIENT_ERROR",
      `Secrets Manager Error: ${secret.name}: not served by the local cloud`,
    );
  const parameters = all.filter(({ type }) => type === "PARAMETER_STORE");
  const read = await readParameters(
    cloud,
    credentials,
    parameters.map(({ value }) => value!),
  );
  const values = Object.fromEntries(
    all.map(({ name, value, type }) => [name!, type === "PARAMETER_STORE" ? read.get(value!)! : value!]),
  );
  return { values, secrets: [...read.values()].filter((value) => value !== "") };
}

async function readParameters(
  cloud: Cloud,
  credentials: RoleCredentials,
  names: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (names.length === 0) return found;
  const ssm = new SSMClient(cloud.clientOptions(credentials));
  const unique = [...new Set(names)];
  try {
    for (let index = 0; index < unique.length; index += 10) {
      const { Parameters = [], InvalidParameters = [] } = await ssm.send(
        new GetParametersCommand({ Names: unique.slice(index, index + 10), WithDecryption: true }),
      );
      if (InvalidParameters.length > 0)
        throw new Error(`[${InvalidParameters.join(", ")}]: InvalidParameters`);
      // a parameter may be named by its name, by its ARN, or with a version or label behind it
      for (const name of unique.slice(index, index + 10)) {
        const parameter = Parameters.find((candidate) =>
          [candidate.Name, candidate.ARN, `${candidate.Name}${candidate.Selector ?? ""}`].includes(name),
        );
        if (parameter) found.set(name, parameter.Value!);
      }
    }
  } catch (error) {
    throw new PhaseFailure("CLIENT_ERROR", `Decrypted Variables Error: ${(error as Error).message}`);
  } finally {
    ssm.destroy();
  }
  return found;
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
export function serviceVariables(
  cloud: Cloud,
  credentials: RoleCredentials,
  build: BuildRecord,
  folders: {
    readonly source: string;
    readonly home: string;
    readonly secondary: ReadonlyMap<string, string>;
  },
): Record<string, string> {
  const { settings } = build;
  const optional: Record<string, string | undefined> = {
    CODEBUILD_RESOLVED_SOURCE_VERSION: build.resolvedSourceVersion,
    CODEBUILD_SOURCE_REPO_URL: settings.source.location,
    CODEBUILD_SOURCE_VERSION: settings.sourceVersion,
    CODEBUILD_LOG_PATH: settings.logsConfig.cloudWatchLogs?.streamName,
  };
  return {
    HOME: folders.home,
    AWS_REGION: cloud.region,
    AWS_DEFAULT_REGION: cloud.region,
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    CODEBUILD_BUILD_ARN: build.arn,
    CODEBUILD_BUILD_ID: build.id,
    CODEBUILD_BUILD_IMAGE: settings.environment.image!,
    CODEBUILD_BUILD_NUMBER: String(build.number),
    CODEBUILD_BUILD_SUCCEEDING: "1",
    CODEBUILD_INITIATOR: build.initiator,
    CODEBUILD_KMS_KEY_ID: settings.encryptionKey,
    CODEBUILD_PROJECT_ARN: build.project.project.arn!,
    CODEBUILD_SRC_DIR: folders.source,
    CODEBUILD_START_TIME: String(build.startTime.getTime()),
    ...Object.fromEntries([...folders.secondary].map(([name, path]) => [`CODEBUILD_SRC_DIR_${name}`, path])),
    ...Object.fromEntries(
      Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}
