import type { Project, StartBuildInput } from "@aws-sdk/client-codebuild";
import { ServiceError } from "../api/service-error";
import { checkProject } from "./project-rules";
import type { BuildSettings, PipelinePlaces } from "./records";

/** What a build uses: the project's settings under StartBuild's overrides. @throws ServiceError InvalidInputException */
export function buildSettings(
  project: Project,
  input: StartBuildInput,
  pipeline: PipelinePlaces | undefined,
): BuildSettings {
  refuseUnserved(input);
  const sourceType = input.sourceTypeOverride ?? project.source!.type!;
  if (sourceType === "CODEPIPELINE" && !pipeline)
    throw new ServiceError(
      "InvalidInputException",
      `The source of project ${project.name} is CODEPIPELINE: its builds are started by a pipeline, or with a source type override`,
    );
  const overridden: Project = {
    ...project,
    source: {
      ...project.source!,
      type: sourceType,
      location: input.sourceLocationOverride ?? project.source!.location,
      buildspec: input.buildspecOverride ?? project.source!.buildspec,
      gitCloneDepth: input.gitCloneDepthOverride ?? project.source!.gitCloneDepth,
    },
    artifacts: input.artifactsOverride ?? withoutPipeline(project, sourceType),
    secondarySources: input.secondarySourcesOverride ?? project.secondarySources,
    secondaryArtifacts: input.secondaryArtifactsOverride ?? project.secondaryArtifacts,
    cache: input.cacheOverride ?? project.cache,
    logsConfig: input.logsConfigOverride ?? project.logsConfig ?? {},
    serviceRole: input.serviceRoleOverride ?? project.serviceRole,
  };
  checkProject(overridden);
  return {
    source: overridden.source!,
    sourceVersion: input.sourceVersion ?? project.sourceVersion,
    secondarySources: overridden.secondarySources!,
    secondarySourceVersions: input.secondarySourcesVersionOverride ?? project.secondarySourceVersions ?? [],
    artifacts: overridden.artifacts!,
    secondaryArtifacts: overridden.secondaryArtifacts!,
    environment: {
      ...project.environment!,
      type: input.environmentTypeOverride ?? project.environment!.type,
      image: input.imageOverride ?? project.environment!.image,
      computeType: input.computeTypeOverride ?? project.environment!.computeType,
      certificate: input.certificateOverride ?? project.environment!.certificate,
      privilegedMode: input.privilegedModeOverride ?? project.environment!.privilegedMode,
    },
    variableOverrides: input.environmentVariablesOverride ?? [],
    cache: overridden.cache!,
    logsConfig: overridden.logsConfig!,
    serviceRole: overridden.serviceRole!,
    encryptionKey: input.encryptionKeyOverride ?? project.encryptionKey!,
    timeoutInMinutes: input.timeoutInMinutesOverride ?? project.timeoutInMinutes!,
    queuedTimeoutInMinutes: input.queuedTimeoutInMinutesOverride ?? project.queuedTimeoutInMinutes!,
    autoRetryLimit: input.autoRetryLimitOverride ?? project.autoRetryLimit ?? 0,
    pipeline,
  };
}

/** A pipeline's project that runs on another source has no place for an artifact. */
const withoutPipeline = (project: Project, sourceType: string): Project["artifacts"] =>
  project.artifacts!.type === "CODEPIPELINE" && sourceType !== "CODEPIPELINE"
    ? { type: "NO_ARTIFACTS" }
    : project.artifacts;

/** What a build is asked for and could not do here. @throws ServiceError InvalidInputException */
function refuseUnserved(input: StartBuildInput): void {
  const unserved = [
    "debugSessionEnabled",
    "fleetOverride",
    "registryCredentialOverride",
    "sourceAuthOverride",
  ] as const;
  const asked = unserved.find((name) => input[name]);
  if (asked) throw new ServiceError("InvalidInputException", `Invalid input: ${asked} can't be served here`);
}
