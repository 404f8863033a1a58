/** Every role there is: who assumes it, and exactly what it may do. The README's table is the same list. */
export interface RoleRow {
  /** Without the application's name. */
  readonly role: string;
  /** The role of the sample that it stands for. */
  readonly sample: string | undefined;
  readonly description: string;
  /** A service, or a role of ours. */
  readonly assumedBy: string;
  readonly actions: readonly string[];
}

const writesItsLog = ["logs:CreateLogStream", "logs:PutLogEvents"];
const invokesAFunction = ["lambda:InvokeFunction", "lambda:ListFunctions"];
const reportsOnJobs = ["codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"];
const looksUpExecutions = ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"];
const publishesNotices = ["sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"];
const usesSystemsManager = [
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];
export const roleTable: readonly RoleRow[] = [
  {
    role: "pipeline",
    sample: "DemoPipelineRole",
    description:
      "Assumed by CodePipeline to pass artifacts, fetch the source, start the build and assume the action roles",
    assumedBy: "codepipeline.amazonaws.com",
    actions: [
      "s3:GetObject",
      "s3:GetObjectVersion",
      "s3:PutObject",
      "s3:GetBucketAcl",
      "s3:GetBucketLocation",
      "s3:GetBucketVersioning",
      "kms:Decrypt",
      "kms:GenerateDataKey",
      "codecommit:GetBranch",
      "codecommit:GetCommit",
      "codecommit:UploadArchive",
      "codecommit:GetUploadArchiveStatus",
      "codecommit:CancelUploadArchive",
      "codebuild:StartBuild",
      "codebuild:BatchGetBuilds",
      "sts:AssumeRole",
    ],
  },
  {
    role: "commit-trigger",
    sample: "InitiatePipelineRole",
    description: "Assumed by EventBridge to start the pipeline on a commit",
    assumedBy: "events.amazonaws.com",
    actions: ["codepipeline:StartPipelineExecution"],
  },
  {
    role: "build",
    sample: "CodeBuildRole",
    description: "Assumed by CodeBuild to compile and test the application",
    assumedBy: "codebuild.amazonaws.com",
    actions: [
      ...writesItsLog,
      "s3:GetObject",
      "s3:GetObjectVersion",
      "s3:PutObject",
      "s3:GetBucketAcl",
      "s3:GetBucketLocation",
      "kms:Decrypt",
      "kms:GenerateDataKey",
    ],
  },
  {
    role: "version",
    sample: "BuildImgParamLambdaRole",
    description: "Assumed by the function shop-version: draws the version of a release",
    assumedBy: "lambda.amazonaws.com",
    actions: [...writesItsLog, ...reportsOnJobs, "ssm:PutParameter", "ssm:GetParameterHistory"],
  },
  {
    role: "version-action",
    sample: "BuildImgParamActionRole",
    description: "Assumed by the action version to invoke the function shop-version",
    assumedBy: "pipeline",
    actions: invokesAFunction,
  },
  {
    role: "prepare-image",
    sample: "BuildImgCFRole",
    description:
      "Assumed by the function shop-prepare-image: makes the component version and the recipe version of a release",
    assumedBy: "lambda.amazonaws.com",
    actions: [
      ...writesItsLog,
      ...reportsOnJobs,
      "codecommit:GetCommit",
      "ec2:DescribeImages",
      "imagebuilder:GetImage",
      "imagebuilder:GetImageRecipe",
      "imagebuilder:GetComponent",
      "imagebuilder:CreateComponent",
      "imagebuilder:DeleteComponent",
      "imagebuilder:CreateImageRecipe",
      "imagebuilder:TagResource",
      // only where a base image is baked on a schedule
      "imagebuilder:ListImageBuildVersions",
    ],
  },
  {
    role: "prepare-image-action",
    sample: "BuildImgCreateActionRole",
    description: "Assumed by the action prepare-image to invoke the function shop-prepare-image",
    assumedBy: "pipeline",
    actions: [...invokesAFunction, "s3:GetObject", "kms:Decrypt"],
  },
  {
    role: "bake-image",
    sample: "BuildImgCFRole",
    description: "Assumed by the function shop-bake-image: bakes the image of a release and waits for it",
    assumedBy: "lambda.amazonaws.com",
    actions: [
      ...writesItsLog,
      ...reportsOnJobs,
      "imagebuilder:GetImagePipeline",
      "imagebuilder:UpdateImagePipeline",
      "imagebuilder:GetInfrastructureConfiguration",
      "imagebuilder:GetDistributionConfiguration",
      "imagebuilder:GetImageRecipe",
      "imagebuilder:StartImagePipelineExecution",
      "imagebuilder:GetImage",
      "imagebuilder:TagResource",
    ],
  },
  {
    role: "bake-image-action",
    sample: "BuildImgApplyActionRole",
    description: "Assumed by the action bake-image to invoke the function shop-bake-image",
    assumedBy: "pipeline",
    actions: invokesAFunction,
  },
  {
    role: "image-builder",
    sample: "BuildImgEC2Role",
    description: "Assumed by the instances that Image Builder builds and tests images on",
    assumedBy: "ec2.amazonaws.com",
    actions: [
      "imagebuilder:GetComponent",
      "s3:GetObject",
      "kms:Decrypt",
      ...writesItsLog,
      "logs:CreateLogGroup",
      ...usesSystemsManager,
      "ssm:ListInstanceAssociations",
      "ssm:UpdateInstanceAssociationStatus",
      "ssm:DescribeDocument",
      "ssm:GetDocument",
      "ssm:PutInventory",
    ],
  },
  {
    role: "image-lifecycle",
    sample: undefined,
    description: "Assumed by Image Builder to delete old images",
    assumedBy: "imagebuilder.amazonaws.com",
    actions: [
      "imagebuilder:GetImage",
      "imagebuilder:ListImageBuildVersions",
      "imagebuilder:DeleteImage",
      "imagebuilder:ListImages",
      "ec2:DescribeImages",
      "ec2:DescribeImageAttribute",
      "ec2:DescribeSnapshots",
      "ec2:DeregisterImage",
      "ec2:DeleteSnapshot",
      "tag:GetResources",
    ],
  },
  {
    role: "clean-up",
    sample: undefined,
    description:
      "Assumed by the function shop-clean-up: removes images, recipes and components of releases when the stack is destroyed",
    assumedBy: "lambda.amazonaws.com",
    actions: [
      ...writesItsLog,
      "imagebuilder:GetImage",
      "imagebuilder:ListImages",
      "imagebuilder:ListImageBuildVersions",
      "imagebuilder:CancelImageCreation",
      "imagebuilder:DeleteImage",
      "imagebuilder:ListImageRecipes",
      "imagebuilder:DeleteImageRecipe",
      "imagebuilder:ListComponents",
      "imagebuilder:ListComponentBuildVersions",
      "imagebuilder:DeleteComponent",
      "ec2:DescribeImages",
      "ec2:DeregisterImage",
      "ec2:DeleteSnapshot",
    ],
  },
  {
    role: "announce-failure",
    sample: undefined,
    description:
      "Assumed by the function shop-announce-failure: announces failed executions, with their commits and reasons",
    assumedBy: "lambda.amazonaws.com",
    actions: [...writesItsLog, ...looksUpExecutions, ...publishesNotices],
  },
  {
    role: "production-prepare-release",
    sample: "DeployImgCFRole",
    description:
      "Assumed by the function shop-production-prepare-release: makes the launch template version of a release for production",
    assumedBy: "lambda.amazonaws.com",
    actions: [
      ...writesItsLog,
      ...reportsOnJobs,
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:DescribeImages",
      "ec2:CreateLaunchTemplateVersion",
      "ec2:DeleteLaunchTemplateVersions",
    ],
  },
  {
    role: "production-prepare-release-action",
    sample: "DeployImgCreateActionRole",
    description:
      "Assumed by the action prepare-release to invoke the function shop-production-prepare-release",
    assumedBy: "pipeline",
    actions: invokesAFunction,
  },
  {
    role: "production-roll-out",
    sample: "DeployImgCFRole",
    description:
      "Assumed by the function shop-production-roll-out: replaces the fleet of production by an instance refresh and waits for it",
    assumedBy: "lambda.amazonaws.com",
    actions: [
      ...writesItsLog,
      ...reportsOnJobs,
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeInstanceRefreshes",
      "autoscaling:DescribeScalingActivities",
      "autoscaling:StartInstanceRefresh",
      "autoscaling:UpdateAutoScalingGroup",
      "ec2:DescribeLaunchTemplateVersions",
      "elasticloadbalancing:DescribeTargetHealth",
      "ec2:ModifyLaunchTemplate",
      "ec2:DeleteLaunchTemplateVersions",
      "ec2:RunInstances",
      "ec2:CreateTags",
      "iam:PassRole",
    ],
  },
  {
    role: "production-roll-out-action",
    sample: "DeployImgApplyActionRole",
    description: "Assumed by the action roll-out to invoke the function shop-production-roll-out",
    assumedBy: "pipeline",
    actions: invokesAFunction,
  },
  {
    role: "production-withdraw-release",
    sample: undefined,
    description:
      "Assumed by the function shop-production-withdraw-release: deletes what was prepared for production and will not be rolled out",
    assumedBy: "lambda.amazonaws.com",
    actions: [
      ...writesItsLog,
      ...looksUpExecutions,
      ...publishesNotices,
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeInstanceRefreshes",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:DeleteLaunchTemplateVersions",
    ],
  },
  {
    role: "production-instance",
    sample: undefined,
    description: "Assumed by the instances of production",
    assumedBy: "ec2.amazonaws.com",
    actions: [...writesItsLog, ...usesSystemsManager],
  },
];
