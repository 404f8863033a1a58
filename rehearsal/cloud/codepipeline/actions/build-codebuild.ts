import { S3Client } from "@aws-sdk/client-s3";
import type { PipelineBuildRequest, PipelineBuilds } from "../../codebuild/pipeline-builds";
import type { Authorizer } from "../../gateway/authorizer";
import { ActionFailure } from "../action-failure";
import { findArtifact } from "../artifact-store";
import { placeArtifact } from "../artifacts";
import type { ActionContext, ActionResult, ActionRunner } from "./action-runner";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html */
export function buildCodeBuild(builds: PipelineBuilds, authorizer: Authorizer): ActionRunner {
  return async (context: ActionContext): Promise<ActionResult> => {
    const { cloud, execution, configuration, action } = context;
    const projectName = configuration.ProjectName;
    if (!projectName) throw new ActionFailure("ConfigurationError", "ProjectName is required");
    const resource = `arn:${cloud.partition}:codebuild:${cloud.region}:${cloud.accountId}:project/${projectName}`;
    await authorizer.authorizeRole(context.credentials, "codebuild:StartBuild", resource);

    const s3 = new S3Client(cloud.clientOptions(context.credentials));
    const source = await findArtifact(s3, context.inputArtifacts[0]!);
    const store = execution.declaration.artifactStore!;
    const [output] = (action.declaration.outputArtifacts ?? []).map(({ name }) =>
      placeArtifact(store, execution.declaration.name!, name!),
    );
    const build = await builds.startForPipeline({
      projectName,
      initiator: `codepipeline/${execution.declaration.name}`,
      source: {
        bucket: source.bucket,
        key: source.key,
        versionId: source.versionId,
        version: source.revision?.id,
      },
      output: output && { bucket: output.bucket, key: output.key, kmsKeyId: store.encryptionKey?.id },
      environment: JSON.parse(
        configuration.EnvironmentVariables ?? "[]",
      ) as PipelineBuildRequest["environment"],
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
      outputArtifacts: output ? [await findArtifact(s3, output)] : [],
    };
  };
}
