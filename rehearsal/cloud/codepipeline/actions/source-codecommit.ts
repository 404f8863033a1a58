import { S3Client, PutObjectCommand } from "@aws-sdk/client-s3";
import type { SourceRepositories } from "../../codecommit/source-repositories";
import type { Authorizer } from "../../gateway/authorizer";
import { ActionFailure } from "../action-failure";
import { inspectArtifactStore } from "../artifact-store";
import { placeArtifact } from "../artifacts";
import type { ActionContext, ActionResult, ActionRunner } from "./action-runner";

/**
 * The calls that CodePipeline makes for this action, in order; UploadArchive is an action without a public API.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/security-iam-permissions-custom-policies.html
 */
const calls = ["GetBranch", "GetCommit", "UploadArchive", "GetUploadArchiveStatus"];

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html */
export function sourceCodeCommit(repositories: SourceRepositories, authorizer: Authorizer): ActionRunner {
  return async (context: ActionContext): Promise<ActionResult> => {
    const { cloud, execution, configuration, action } = context;
    const { RepositoryName: repository, BranchName: branch } = configuration;
    if (!repository || !branch)
      throw new ActionFailure("ConfigurationError", "RepositoryName and BranchName are required");
    const resource = `arn:${cloud.partition}:codecommit:${cloud.region}:${cloud.accountId}:${repository}`;
    for (const call of calls)
      await authorizer.authorizeRole(context.credentials, `codecommit:${call}`, resource);

    const requested = execution.requestedRevisions.get(action.declaration.name!);
    const commitId = requested ?? (await repositories.branchTip(repository, branch));
    const commit = await repositories.commit(repository, commitId);
    const place = placeArtifact(
      execution.declaration.artifactStore!,
      execution.declaration.name!,
      action.declaration.outputArtifacts![0]!.name!,
    );
    const s3 = new S3Client(cloud.clientOptions(context.credentials));
    await inspectArtifactStore(s3, place.bucket);
    const { VersionId: versionId } = await s3.send(
      new PutObjectCommand({
        Bucket: place.bucket,
        Key: place.key,
        Body: await repositories.archive(repository, commitId),
        ContentType: "application/zip",
        ...encryptionOf(context),
      }),
    );
    // a commit may have no message; a summary is never empty
    const summary = commit.message || undefined;
    execution.sourceRevisions.push({
      actionName: action.declaration.name,
      revisionId: commitId,
      revisionSummary: summary,
    });
    return {
      summary,
      externalExecutionId: commitId,
      outputArtifacts: [
        {
          ...place,
          versionId,
          revision: { id: commitId, summary, name: place.name, created: new Date() },
        },
      ],
      outputVariables: {
        RepositoryName: repository,
        BranchName: branch,
        CommitId: commitId,
        CommitMessage: commit.message,
        AuthorDate: commit.authorDate,
        CommitterDate: commit.committerDate,
      },
    };
  };
}

function encryptionOf(context: ActionContext): { ServerSideEncryption: "aws:kms"; SSEKMSKeyId?: string } {
  const key = context.execution.declaration.artifactStore?.encryptionKey?.id;
  return { ServerSideEncryption: "aws:kms", ...(key ? { SSEKMSKeyId: key } : {}) };
}
