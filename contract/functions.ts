/**
 * What the stacks and the Lambda functions agree on: per function the environment variables it is configured with, the
 * user parameters its action passes, and the output variables it reports. Both sides take the names from here.
 */
export const versionFunction = {
  name: "version",
  environment: ["VERSION_PARAMETER", "VERSION_LINE"],
  parameters: ["ExecutionId"],
  outputs: ["Version"],
} as const;

/** Makes the component version and the recipe version of a release; nothing runs yet. */
export const prepareImageFunction = {
  name: "prepare-image",
  environment: [
    "APPLICATION",
    "BASE_RECIPE_ARN",
    /** Image version whose newest build a release starts from; `noBaseImage` when none is baked on a schedule */
    "BASE_IMAGE_VERSION_ARN",
    "COMPONENT_NAME",
    "RECIPE_NAME",
  ],
  parameters: ["ExecutionId", "Version", "RepositoryName", "BranchName", "CommitId", "JarSha256"],
  outputs: ["ComponentArn", "ImageRecipeArn", "ArtifactSha256"],
} as const;

/** Runs the image pipeline with the prepared recipe and waits for the AMI. */
export const bakeImageFunction = {
  name: "bake-image",
  environment: ["IMAGE_PIPELINE_ARN"],
  parameters: ["ExecutionId", "Version", "ImageRecipeArn"],
  outputs: ["ImageArn", "ImageId"],
} as const;

/** Makes the launch template version of a release; nothing runs yet. One function per environment. */
export const prepareReleaseFunction = {
  name: "prepare-release",
  environment: ["APPLICATION", "ENVIRONMENT", "BLUEPRINT_TEMPLATE", "RELEASE_TEMPLATE"],
  parameters: ["ExecutionId", "Version", "ImageId"],
  outputs: ["LaunchTemplateVersion"],
} as const;

/** Replaces the fleet's instances by an instance refresh and waits for it. One function per environment. */
export const rollOutFunction = {
  name: "roll-out",
  environment: [
    "AUTO_SCALING_GROUP",
    "RELEASE_TEMPLATE",
    /** size that a fleet which never ran is started at */
    "DESIRED_CAPACITY",
    /** RefreshPreferences of StartInstanceRefresh, as JSON */
    "REFRESH_PREFERENCES",
  ],
  parameters: ["ExecutionId", "Version", "LaunchTemplateVersion"],
  outputs: ["InstanceRefreshId"],
} as const;

/** Removes what releases left, when Terraform destroys the pipeline. Invoked by Terraform, not by the pipeline. */
export const cleanUpFunction = {
  name: "clean-up",
  environment: [
    "APPLICATION",
    "COMPONENT_NAME",
    "RECIPE_NAME",
    /** first part of the names of base components, base recipes and base images; see `isBaseName` */
    "BASE_NAME_PREFIX",
    /** comma-separated regions that images are distributed to */
    "REGIONS",
  ],
} as const;

/**
 * Deletes the launch template version of a release that is not going to be rolled out: its approval was rejected or never
 * came, or its execution was stopped. Invoked by a rule. One function per environment that asks for approval.
 */
export const withdrawReleaseFunction = {
  name: "withdraw-release",
  environment: ["STAGE", "AUTO_SCALING_GROUP", "RELEASE_TEMPLATE"],
} as const;

/** Says which execution failed, where, why and with which commit. Invoked by a rule. */
export const announceFailureFunction = {
  name: "announce-failure",
  environment: ["TOPIC_ARN"],
} as const;

/**
 * How late Lambda may deliver a job; by itself it tries for six hours. CodePipeline waits 20 minutes for a job's answer,
 * and a roll-out that came after the next release had served would take the fleet back. Three attempts fit in.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export const oldestJobSeconds = 600;

/** A function that serves a Lambda action of the pipeline. */
export interface ActionFunction {
  readonly name: string;
  readonly environment: readonly string[];
  readonly parameters: readonly string[];
  readonly outputs: readonly string[];
}

export type EnvironmentOf<F extends { readonly environment: readonly string[] }> = Readonly<
  Record<F["environment"][number], string>
>;
export type ParametersOf<F extends ActionFunction> = Readonly<Record<F["parameters"][number], string>>;
export type OutputsOf<F extends ActionFunction> = Readonly<Record<F["outputs"][number], string>>;
