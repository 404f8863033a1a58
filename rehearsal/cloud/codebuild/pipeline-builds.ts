import type { EnvironmentVariableType } from "@aws-sdk/client-codebuild";
import { ServiceError } from "../api/service-error";
import { buildSettings } from "./build-settings";
import type { BuildStore } from "./build-store";
import type { ProjectStore } from "./project-store";
import type { FinishedBuild, PipelinePlaces } from "./records";

/** Builds as CodePipeline starts them: CodeBuild itself reads and writes the artifacts, with the project's role. */
export interface PipelineBuilds {
  /** @throws ServiceError as StartBuild does */
  startForPipeline(request: PipelineBuildRequest): Promise<RunningBuild>;
}

export interface PipelineBuildRequest extends PipelinePlaces {
  readonly projectName: string;
  /** `codepipeline/<pipeline>` */
  readonly initiator: string;
  readonly environment: readonly { name: string; value: string; type?: string }[];
}

export interface RunningBuild {
  /** `project:uuid` */
  readonly id: string;
  readonly finished: Promise<FinishedBuild>;
  stop(): void;
}

export function pipelineBuilds(projects: ProjectStore, builds: BuildStore): PipelineBuilds {
  return {
    async startForPipeline({ projectName, initiator, source, output, environment }) {
      const project = projects.get(projectName);
      if (project.project.source!.type !== "CODEPIPELINE")
        throw new ServiceError(
          "InvalidInputException",
          `Project ${projectName} can't run for a pipeline: its source type must be CODEPIPELINE, not ${project.project.source!.type}`,
        );
      const input = {
        projectName,
        sourceVersion: `arn:aws:s3:::${source.bucket}/${source.key}`,
        environmentVariablesOverride: environment.map(({ name, value, type }) => ({
          name,
          value,
          type: type as EnvironmentVariableType | undefined,
        })),
      };
      const build = builds.start(
        project,
        buildSettings(project.project, input, { source, output }),
        initiator,
      );
      return { id: build.id, finished: build.finished, stop: () => build.ended.abort("STOPPED") };
    },
  };
}
