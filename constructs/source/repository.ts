import { CodecommitRepository } from "@cdktf/provider-aws/lib/codecommit-repository";
import { Construct } from "constructs";
import { acceptFindings } from "../shared/accepted-finding";
import { variable, type Artifact, type PipelineAction } from "../shared/pipeline-action";
import type { Grantee } from "../shared/role";

const namespace = "SourceVariables";
const sourceAction = "Source";

export interface RepositoryProps {
  readonly repositoryName: string;
  readonly branch: string;
}

/** The Git repository whose commits are released. Terraform makes it empty; `npm run push-app` fills it. */
export class Repository extends Construct {
  readonly arn: string;
  readonly cloneUrl: string;
  readonly repositoryName = variable(namespace, "RepositoryName");
  readonly branchName = variable(namespace, "BranchName");
  readonly commitId = variable(namespace, "CommitId");

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RepositoryProps,
  ) {
    super(scope, id);
    const repository = new CodecommitRepository(this, "Resource", {
      repositoryName: props.repositoryName,
      description: "The application, its build and its image",
      // no kms_key_id: with a key of ours, everybody who pushes would need permissions on it
      // no default_branch: the branch exists only with the first commit, which makes it the default by itself
    });
    acceptFindings(repository, {
      CKV2_AWS_37:
        "who must approve a change is for those who own the application to say; a template needs an ARN of theirs",
    });
    this.arn = repository.arn;
    this.cloneUrl = repository.cloneUrlHttp;
  }

  /**
   * What an execution is started with, so that it takes one certain commit and not the branch's newest.
   * https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html
   */
  startWith(commitId: string): object {
    return {
      sourceRevisions: [{ actionName: sourceAction, revisionType: "COMMIT_ID", revisionValue: commitId }],
    };
  }

  /** To read the commit that a release is made of. */
  grantReadCommit(grantee: Grantee): void {
    grantee.allow({ actions: ["codecommit:GetCommit"], resources: [this.arn] });
  }

  action(props: { readonly output: Artifact }): PipelineAction {
    return {
      bind: ({ role }) => {
        // https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html
        role.allow({
          actions: [
            "codecommit:GetBranch",
            "codecommit:GetCommit",
            "codecommit:UploadArchive",
            "codecommit:GetUploadArchiveStatus",
            "codecommit:CancelUploadArchive",
          ],
          resources: [this.arn],
          unusedInRehearsal: {
            "codecommit:CancelUploadArchive":
              "needed when an execution is stopped while its source is fetched",
          },
        });
        return {
          definition: {
            name: sourceAction,
            category: "Source",
            owner: "AWS",
            provider: "CodeCommit",
            version: "1",
            namespace,
            outputArtifacts: [props.output],
            configuration: {
              RepositoryName: this.props.repositoryName,
              BranchName: this.props.branch,
              // the commit itself starts an execution; see CommitTrigger
              PollForSourceChanges: "false",
              OutputArtifactFormat: "CODE_ZIP",
            },
          },
          dependsOn: [],
        };
      },
    };
  }
}
