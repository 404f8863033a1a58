import type { Authorizer } from "../../gateway/authorizer";
import { ActionFailure } from "../action-failure";
import { placeArtifact } from "../artifacts";
import type { ActionContext, ActionResult, ActionRunner } from "./action-runner";

/** What the build action needs of CodeBuild. CodeBuild itself reads and writes the artifacts, with the project's role. */
export interface ProjectBuilds {
  /** @throws ServiceError as StartBuild does */
  startForPipeline(request: PipelineBuildRequest): Promise<RunningBuild>;
}

export interface PipelineBuildRequest {
  readonly projectName: string;
  /** `codepipeline/<pipeline>` */
  readonly initiator: string;
  readonly source: { readonly bucket: string; readonly key: string; readonly version?: string };
  readonly output?: { readonly bucket: string; readonly key: string; readonly kmsKeyId?: string };
  readonly environment: readonly { name: string; value: string; type?: string }[];
}

export interface RunningBuild {
  /** `project:uuid` */
  readonly id: string;
  readonly finished: Promise<FinishedBuild>;
  stop(): void;
}

export interface FinishedBuild {
  readonly status: "SUCCEEDED" | "FAILED" | "STOPPED" | "TIMED_OUT" | "FAULT";
  readonly exportedVariables: Readonly<Record<string, string>>;
  /** Phase and message of what failed, as the build's phase contexts say it. */
  readonly reason?: string;
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html */
export function buildCodeBuild(builds: ProjectBuilds, authorizer: Authorizer): ActionRunner {
  return async (context: ActionContext): Promise<ActionResult> => {
    const { cloud, execution, configuration, action } = context;
    const projectName = configuration.ProjectName;
    if (!projectName) throw new ActionFailure("ConfigurationError", "ProjectName is required");
    const resource = `arn:${cloud.partition}:codebuild:${cloud.region}:${cloud.accountId}:project/${projectName}`;
    await authorizer.authorizeRole(context.credentials, "codebuild:StartBuild", resource);

    const source = action.inputArtifacts[0]!;
    const store = execution.declaration.artifactStore!;
    const [output] = (action.declaration.outputArtifacts ?? []).map(({ name }) =>
      placeArtifact(store, execution.declaration.name!, name!),
    );
    const build = await builds.startForPipeline({
      projectName,
      initiator: `codepipeline/${execution.declaration.name}`,
      source: { bucket: source.bucket, key: source.key },
      output: output && { bucket: output.bucket, key: output.key, kmsKeyId: store.encryptionKey?.id },
      environment: JSON.parse(configuration.EnvironmentVariables ?? "[]") as PipelineBuildRequest["environment"],
    });
    action.externalExecutionId = build.id;
    context.abandoned.addEventListener("abort", () => build.stop());
    const finished = await build.finished;
    await authorizer.authorizeRole(context.credentials, "codebuild:BatchGetBuilds", resource);
    if (finished.status !== "SUCCEEDED")
      throw new ActionFailure(
        "JobFailed",
        `Build terminated with state: ${finished.status}${finished.reason ? `. ${finished.reason}` : ""}`,
        build.id,
      );
    return {
      externalExecutionId: build.id,
      outputVariables: finished.exportedVariables,
      outputArtifacts: output ? [output] : [],
    };
  };
}
