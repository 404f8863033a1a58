import type { Project } from "@aws-sdk/client-codebuild";
import { ServiceError } from "../api/service-error";

type Rule = (project: Project) => string | undefined;

const located = [
  "CODECOMMIT",
  "S3",
  "GITHUB",
  "GITHUB_ENTERPRISE",
  "BITBUCKET",
  "GITLAB",
  "GITLAB_SELF_MANAGED",
];

/** What CodeBuild refuses beyond the shapes of its API model. */
const rules: readonly Rule[] = [
  ({ source, artifacts }) =>
    (source!.type === "CODEPIPELINE") !== (artifacts!.type === "CODEPIPELINE")
      ? "Invalid artifacts: artifact type CODEPIPELINE must be used with source type CODEPIPELINE, and only with it"
      : undefined,
  ({ source }) =>
    located.includes(source!.type!) && !source!.location
      ? `Invalid project source: location must be set for source type ${source!.type}`
      : undefined,
  ({ source }) =>
    source!.type === "NO_SOURCE" && !source!.buildspec
      ? "Invalid project source: buildspec must be set for source type NO_SOURCE"
      : undefined,
  ({ artifacts }) =>
    artifacts!.type === "S3" && !artifacts!.location
      ? "Invalid artifacts: location must be set for artifact type S3"
      : undefined,
  ({ cache }) =>
    cache!.type === "S3" && !cache!.location
      ? "Invalid cache: location must be set for cache type S3"
      : undefined,
  ({ cache }) =>
    cache!.type === "LOCAL" && !cache!.modes?.length
      ? "Invalid cache: modes must be set for cache type LOCAL"
      : undefined,
  ({ secondaryArtifacts }) =>
    secondaryArtifacts!.some(({ artifactIdentifier }) => !artifactIdentifier)
      ? "Invalid secondary artifacts: artifactIdentifier must be set"
      : undefined,
  ({ secondarySources }) =>
    secondarySources!.some(({ sourceIdentifier }) => !sourceIdentifier)
      ? "Invalid secondary sources: sourceIdentifier must be set"
      : undefined,
  ({ logsConfig }) =>
    logsConfig?.s3Logs?.status === "ENABLED" && !logsConfig.s3Logs.location
      ? "Invalid logs config: location must be set when S3 logs are enabled"
      : undefined,
  ({ serviceRole }) =>
    /^arn:[\w-]+:iam::\d{12}:role\/.+/.test(serviceRole!)
      ? undefined
      : `Invalid service role: ${serviceRole} is not the ARN of a role`,
  ({ fileSystemLocations }) =>
    fileSystemLocations?.length ? "Invalid file system locations: they can't be served here" : undefined,
  ({ environment }) =>
    environment!.fleet ? "Invalid fleet: reserved capacity can't be served here" : undefined,
  ({ tags }) => {
    const reserved = tags!.find(({ key }) => key?.toLowerCase().startsWith("aws:"));
    return reserved ? `Invalid tags: ${reserved.key} starts with aws:, which is reserved` : undefined;
  },
];

/** @throws ServiceError InvalidInputException */
export function checkProject(project: Project): void {
  for (const rule of rules) {
    const message = rule(project);
    if (message) throw new ServiceError("InvalidInputException", message);
  }
}
