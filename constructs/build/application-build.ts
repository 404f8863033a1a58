import { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project";
import { Construct } from "constructs";
import type { EncryptionKey } from "../shared/encryption-key";
import { LogGroup } from "../shared/log-group";
import { variable, type Artifact, type PipelineAction } from "../shared/pipeline-action";
import { Role } from "../shared/role";
import type { ArtifactBucket } from "./artifact-bucket";

/** The newest curated Amazon Linux 2023 images: https://docs.aws.amazon.com/codebuild/latest/userguide/ec2-compute-images.html */
const environments = {
  arm64: { type: "ARM_CONTAINER", image: "aws/codebuild/amazonlinux-aarch64-standard:3.0" },
  x86_64: { type: "LINUX_CONTAINER", image: "aws/codebuild/amazonlinux-x86_64-standard:5.0" },
} as const;

const namespace = "BuildVariables";

export interface ApplicationBuildProps {
  readonly projectName: string;
  readonly projectArn: string;
  readonly roleName: string;
  readonly accountId: string;
  readonly architecture: "arm64" | "x86_64";
  readonly artifacts: ArtifactBucket;
  readonly key: EncryptionKey;
  /** @default 30: ten times what a build without a cache takes */
  readonly timeoutMinutes?: number;
}

/** Tests and packages the application, as buildspec.yml beside its code says. */
export class ApplicationBuild extends Construct {
  /** SHA-256 of the JAR, as the build saw it. */
  readonly jarSha256 = variable(namespace, "JAR_SHA256");
  private readonly projectName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApplicationBuildProps,
  ) {
    super(scope, id);
    const log = new LogGroup(this, "Log", {
      logGroupName: `/aws/codebuild/${props.projectName}`,
      key: props.key,
    });
    const role = new Role(this, "Role", {
      roleName: props.roleName,
      description: "Assumed by CodeBuild to compile and test the application",
      assumedBy: { service: "codebuild.amazonaws.com", onBehalfOfAccount: props.accountId },
    });
    log.grantWrite(role);
    props.artifacts.grantReadWrite(role);
    const project = new CodebuildProject(this, "Resource", {
      name: props.projectName,
      description: "Tests and packages the application",
      serviceRole: role.arn,
      encryptionKey: props.key.arn,
      buildTimeout: props.timeoutMinutes ?? 30,
      artifacts: { type: "CODEPIPELINE" },
      // buildspec: the source's own buildspec.yml
      source: { type: "CODEPIPELINE" },
      cache: { type: "S3", location: `${props.artifacts.bucketName}/cache` },
      environment: { ...environments[props.architecture], computeType: "BUILD_GENERAL1_SMALL" },
      logsConfig: { cloudwatchLogs: { groupName: log.logGroupName } },
      dependsOn: role.policies,
    });
    this.projectName = project.name;
  }

  action(props: { readonly input: Artifact; readonly output: Artifact }): PipelineAction {
    return {
      bind: ({ role }) => {
        role.allow({
          actions: ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
          resources: [this.props.projectArn],
        });
        return {
          definition: {
            name: "BuildCode",
            category: "Build",
            owner: "AWS",
            provider: "CodeBuild",
            version: "1",
            namespace,
            inputArtifacts: [props.input],
            outputArtifacts: [props.output],
            configuration: { ProjectName: this.projectName },
          },
          dependsOn: [],
        };
      },
    };
  }
}
