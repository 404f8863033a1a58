import { accountId, region } from "../support/configuration";
import type { Context } from "../support/roles";
import { arn, roleArn } from "./synthesized-roles";

const bucket = `arn:aws:s3:::shop-artifacts-${accountId}-${region}`;
const artifact = `${bucket}/shop/Applicatio/abc1234`;
export const states = "arn:aws:s3:::shop-states/shop/shop-pipeline.tfstate";
export const otherAccount = "444455556666";
const template = arn("ec2", "launch-template/lt-1");
const ofProduction: Context = {
  "aws:ResourceTag/Application": "shop",
  "aws:ResourceTag/Environment": "production",
};
const ofStaging: Context = { ...ofProduction, "aws:ResourceTag/Environment": "staging" };
const ofOther: Context = { ...ofProduction, "aws:ResourceTag/Application": "other" };
const group = (name: string): string => arn("autoscaling", `autoScalingGroup:1:autoScalingGroupName/${name}`);
const ami = `arn:aws:ec2:${region}::image/ami-1`;
const snapshot = `arn:aws:ec2:${region}::snapshot/snap-1`;
const byTemplate: Context = { "ec2:LaunchTemplate": template };
const toEc2: Context = { "iam:PassedToService": "ec2.amazonaws.com" };
const madeByImageBuilder: Context = {
  "aws:ResourceTag/CreatedBy": "EC2 Image Builder",
  "aws:ResourceTag/Ec2ImageBuilderArn": arn("imagebuilder", "image/shop-release/1.0.1/1"),
};

export type Call = readonly [action: string, resource: string, context?: Context];
export interface Case {
  readonly may: readonly Call[];
  readonly mayNot: readonly Call[];
}
const invokes = (functionName: string): Case => ({
  may: [["lambda:InvokeFunction", arn("lambda", `function:${functionName}`)]],
  mayNot: [
    ["lambda:InvokeFunction", arn("lambda", "function:shop-clean-up")],
    ["lambda:InvokeFunction", arn("lambda", `function:${functionName}`, otherAccount)],
    ["s3:PutObject", artifact],
  ],
});
const looksUpAndPublishes: Case = {
  may: [
    ["codepipeline:GetPipelineExecution", arn("codepipeline", "shop")],
    ["codepipeline:ListActionExecutions", arn("codepipeline", "shop")],
    ["sns:Publish", arn("sns", "shop-notices")],
  ],
  mayNot: [
    ["codepipeline:GetPipelineExecution", arn("codepipeline", "other")],
    ["codepipeline:PutApprovalResult", arn("codepipeline", "shop/DeployImage-production/approve")],
    ["codepipeline:RetryStageExecution", arn("codepipeline", "shop/DeployImage-production")],
    ["codepipeline:StartPipelineExecution", arn("codepipeline", "shop")],
    ["sns:Publish", arn("sns", "other-notices")],
    ["sns:Subscribe", arn("sns", "shop-notices")],
  ],
};
const deletesImages: Case = {
  may: [
    ["imagebuilder:DeleteImage", arn("imagebuilder", "image/shop-release/1.0.1/1")],
    ["imagebuilder:DeleteImage", arn("imagebuilder", "image/shop-base-0123abcd/1.0.0/1")],
    ["ec2:DeregisterImage", ami, { "aws:ResourceTag/Application": "shop" }],
    ["ec2:DeleteSnapshot", snapshot, madeByImageBuilder],
    ["ec2:DeleteSnapshot", snapshot, { "aws:ResourceTag/CreatedBy": "EC2 Image Builder" }],
  ],
  mayNot: [
    ["imagebuilder:DeleteImage", arn("imagebuilder", "image/other-release/1.0.1/1")],
    ["ec2:DeregisterImage", ami, { "aws:ResourceTag/Application": "other" }],
    ["ec2:DeregisterImage", ami],
    ["ec2:DeleteSnapshot", snapshot],
    [
      "ec2:DeleteSnapshot",
      snapshot,
      {
        ...madeByImageBuilder,
        "aws:ResourceTag/Ec2ImageBuilderArn": arn("imagebuilder", "image/other-release/1.0.1/1"),
      },
    ],
    ["ec2:TerminateInstances", arn("ec2", "instance/i-1")],
  ],
};

/** What each role may do, and what it may not: the calls that are nearest to what it may. */
export const cases: Readonly<Record<string, Case>> = {
  pipeline: {
    may: [
      ["s3:PutObject", artifact],
      ["s3:GetObject", artifact],
      ["codecommit:UploadArchive", arn("codecommit", "shop")],
      ["codebuild:StartBuild", arn("codebuild", "project/shop-build")],
    ],
    mayNot: [
      ["s3:GetObject", states],
      ["s3:DeleteObject", artifact],
      ["codecommit:UploadArchive", arn("codecommit", "other")],
      ["codecommit:GitPush", arn("codecommit", "shop")],
      ["codebuild:StartBuild", arn("codebuild", "project/other-build")],
      ["codebuild:StartBuild", arn("codebuild", "project/shop-build", otherAccount)],
      ["lambda:InvokeFunction", arn("lambda", "function:shop-version")],
    ],
  },
  "commit-trigger": {
    may: [["codepipeline:StartPipelineExecution", arn("codepipeline", "shop")]],
    mayNot: [
      ["codepipeline:StartPipelineExecution", arn("codepipeline", "other")],
      ["codepipeline:StartPipelineExecution", arn("codepipeline", "shop", otherAccount)],
      ["codepipeline:StopPipelineExecution", arn("codepipeline", "shop")],
    ],
  },
  build: {
    may: [
      ["s3:GetObject", artifact],
      ["s3:PutObject", `${bucket}/cache/abc`],
      ["logs:PutLogEvents", arn("logs", "log-group:/aws/codebuild/shop-build:log-stream:1")],
    ],
    mayNot: [
      ["s3:GetObject", states],
      ["s3:PutObject", states],
      ["logs:PutLogEvents", arn("logs", "log-group:/aws/codebuild/other-build:log-stream:1")],
      ["codecommit:GitPull", arn("codecommit", "shop")],
    ],
  },
  version: {
    may: [["ssm:PutParameter", arn("ssm", "parameter/shop/ImageVersion")]],
    mayNot: [
      ["ssm:PutParameter", arn("ssm", "parameter/other/ImageVersion")],
      ["ssm:DeleteParameter", arn("ssm", "parameter/shop/ImageVersion")],
      ["codepipeline:PutApprovalResult", arn("codepipeline", "shop/DeployImage-production/approve")],
    ],
  },
  "version-action": invokes("shop-version"),
  "prepare-image": {
    may: [
      ["codecommit:GetCommit", arn("codecommit", "shop")],
      ["imagebuilder:CreateComponent", arn("imagebuilder", "component/shop-application/1.0.1/1")],
      ["imagebuilder:CreateImageRecipe", arn("imagebuilder", "image-recipe/shop-release/1.0.1")],
      [
        "imagebuilder:GetImage",
        `arn:aws:imagebuilder:${region}:aws:image/amazon-linux-2023-arm64/2026.1.1/1`,
      ],
      ["imagebuilder:ListImageBuildVersions", arn("imagebuilder", "image/shop-base-0123abcd/1.0.0/*")],
    ],
    mayNot: [
      ["codecommit:GetCommit", arn("codecommit", "other")],
      ["imagebuilder:CreateComponent", arn("imagebuilder", "component/other-application/1.0.1/1")],
      ["imagebuilder:CreateImageRecipe", arn("imagebuilder", "image-recipe/shop-base-1/1.0.1")],
      ["imagebuilder:DeleteImageRecipe", arn("imagebuilder", "image-recipe/shop-release/1.0.1")],
      ["imagebuilder:StartImagePipelineExecution", arn("imagebuilder", "image-pipeline/shop-image")],
      ["imagebuilder:StartImagePipelineExecution", arn("imagebuilder", "image-pipeline/shop-base-image")],
      ["imagebuilder:ListImageBuildVersions", arn("imagebuilder", "image/other-base-0123abcd/1.0.0/*")],
      // it reads the artifact with what CodePipeline lends it, not by itself
      ["s3:GetObject", artifact],
    ],
  },
  "prepare-image-action": {
    may: [...invokes("shop-prepare-image").may, ["s3:GetObject", artifact]],
    mayNot: [...invokes("shop-prepare-image").mayNot, ["s3:GetObject", states]],
  },
  "bake-image": {
    may: [
      ["imagebuilder:UpdateImagePipeline", arn("imagebuilder", "image-pipeline/shop-image")],
      ["imagebuilder:StartImagePipelineExecution", arn("imagebuilder", "image-pipeline/shop-image")],
      ["imagebuilder:GetImage", arn("imagebuilder", "image/shop-release/1.0.1/1")],
    ],
    mayNot: [
      ["imagebuilder:StartImagePipelineExecution", arn("imagebuilder", "image-pipeline/other-image")],
      ["imagebuilder:UpdateImagePipeline", arn("imagebuilder", "image-pipeline/shop-base-image")],
      ["imagebuilder:DeleteImage", arn("imagebuilder", "image/shop-release/1.0.1/1")],
      ["imagebuilder:CreateImageRecipe", arn("imagebuilder", "image-recipe/shop-release/1.0.1")],
      ["iam:PassRole", roleArn("image-builder"), toEc2],
    ],
  },
  "bake-image-action": invokes("shop-bake-image"),
  "image-builder": {
    may: [
      ["s3:GetObject", artifact],
      ["imagebuilder:GetComponent", arn("imagebuilder", "component/shop-application/1.0.1/1")],
      // also the one before the present
      ["imagebuilder:GetComponent", arn("imagebuilder", "component/shop-base-0123abcd/1.0.0/1")],
      ["logs:PutLogEvents", arn("logs", "log-group:/aws/imagebuilder/shop-release:log-stream:1.0.1/1")],
      ["s3:GetObject", `arn:aws:s3:::ec2imagebuilder-toe-${region}-prod/latest/linux/awstoe`],
      ["ssm:UpdateInstanceInformation", arn("ec2", "instance/i-1")],
      ["ssm:ListInstanceAssociations", arn("ec2", "instance/i-1")],
      ["ssm:UpdateInstanceAssociationStatus", arn("ec2", "instance/i-1")],
      ["ssm:UpdateInstanceAssociationStatus", arn("ssm", "association/1")],
      ["ssm:GetDocument", arn("ssm", "document/AWS-GatherSoftwareInventory")],
      ["ssm:PutInventory", "*"],
    ],
    mayNot: [
      ["s3:PutObject", artifact],
      ["s3:GetObject", states],
      ["s3:GetObject", `arn:aws:s3:::other-artifacts-${accountId}-${region}/other/Applicatio/1`],
      ["imagebuilder:GetComponent", arn("imagebuilder", "component/other-application/1.0.1/1")],
      ["ssm:GetParameter", arn("ssm", "parameter/shop/ImageVersion")],
      ["ssm:GetDocument", arn("ssm", "document/AWS-RunShellScript")],
      ["ssm:SendCommand", arn("ec2", "instance/i-1")],
      ["ec2:CreateImage", arn("ec2", "instance/i-1")],
    ],
  },
  "image-lifecycle": deletesImages,
  "clean-up": {
    may: [
      ...deletesImages.may,
      ["imagebuilder:DeleteImageRecipe", arn("imagebuilder", "image-recipe/shop-release/1.0.1")],
      ["imagebuilder:DeleteComponent", arn("imagebuilder", "component/shop-application/1.0.1/1")],
      ["imagebuilder:DeleteComponent", arn("imagebuilder", "component/shop-base-0123abcd/1.0.0/1")],
    ],
    mayNot: [
      ...deletesImages.mayNot,
      // Terraform's
      ["imagebuilder:DeleteImageRecipe", arn("imagebuilder", "image-recipe/shop-base-0123abcd/1.0.0")],
      ["imagebuilder:UpdateImagePipeline", arn("imagebuilder", "image-pipeline/shop-image")],
      ["imagebuilder:DeleteImageRecipe", arn("imagebuilder", "image-recipe/other-release/1.0.1")],
      ["imagebuilder:DeleteComponent", arn("imagebuilder", "component/other-base-0123abcd/1.0.0/1")],
      ["imagebuilder:DeleteImagePipeline", arn("imagebuilder", "image-pipeline/shop-image")],
    ],
  },
  "announce-failure": {
    may: looksUpAndPublishes.may,
    mayNot: [
      ...looksUpAndPublishes.mayNot,
      ["ec2:DeleteLaunchTemplateVersions", template, ofProduction],
      ["codecommit:GetCommit", arn("codecommit", "shop")],
    ],
  },
  "production-prepare-release": {
    may: [
      ["ec2:DescribeImages", "*"],
      ["ec2:CreateLaunchTemplateVersion", template, ofProduction],
      ["ec2:DeleteLaunchTemplateVersions", template, ofProduction],
    ],
    mayNot: [
      ["ec2:CreateLaunchTemplateVersion", template, ofStaging],
      ["ec2:DeleteLaunchTemplateVersions", template, ofStaging],
      ["ec2:CreateLaunchTemplateVersion", template, ofOther],
      ["ec2:ModifyLaunchTemplate", template, ofProduction],
      ["autoscaling:StartInstanceRefresh", group("shop-production")],
    ],
  },
  "production-prepare-release-action": invokes("shop-production-prepare-release"),
  "production-roll-out": {
    may: [
      ["autoscaling:StartInstanceRefresh", group("shop-production")],
      ["autoscaling:UpdateAutoScalingGroup", group("shop-production")],
      ["ec2:ModifyLaunchTemplate", template, ofProduction],
      ["ec2:DeleteLaunchTemplateVersions", template, ofProduction],
      ["ec2:RunInstances", template, ofProduction],
      ["ec2:RunInstances", ami, { ...byTemplate, "aws:ResourceTag/Application": "shop" }],
      ["ec2:RunInstances", arn("ec2", "instance/*"), byTemplate],
      ["ec2:CreateTags", arn("ec2", "instance/i-1"), { "ec2:CreateAction": "RunInstances" }],
      ["iam:PassRole", roleArn("production-instance"), toEc2],
    ],
    mayNot: [
      ["autoscaling:StartInstanceRefresh", group("shop-staging")],
      ["autoscaling:DeleteAutoScalingGroup", group("shop-production")],
      ["ec2:CreateLaunchTemplateVersion", template, ofProduction],
      ["ec2:ModifyLaunchTemplate", template, ofStaging],
      ["ec2:RunInstances", template, ofOther],
      ["ec2:RunInstances", ami, { ...byTemplate, "aws:ResourceTag/Application": "other" }],
      ["ec2:RunInstances", arn("ec2", "instance/*")],
      ["ec2:CreateTags", arn("ec2", "instance/i-1")],
      ["iam:PassRole", roleArn("image-builder"), toEc2],
      ["iam:PassRole", roleArn("production-instance"), { "iam:PassedToService": "lambda.amazonaws.com" }],
    ],
  },
  "production-roll-out-action": invokes("shop-production-roll-out"),
  "production-withdraw-release": {
    may: [
      ...looksUpAndPublishes.may,
      ["autoscaling:DescribeAutoScalingGroups", "*"],
      ["ec2:DeleteLaunchTemplateVersions", template, ofProduction],
    ],
    mayNot: [
      ...looksUpAndPublishes.mayNot,
      ["ec2:DeleteLaunchTemplateVersions", template, ofStaging],
      ["ec2:DeleteLaunchTemplateVersions", template, ofOther],
      ["ec2:DeleteLaunchTemplate", template, ofProduction],
      ["ec2:ModifyLaunchTemplate", template, ofProduction],
      ["autoscaling:UpdateAutoScalingGroup", group("shop-production")],
    ],
  },
  "production-instance": {
    may: [
      ["ssmmessages:OpenDataChannel", "*"],
      ["logs:PutLogEvents", arn("logs", "log-group:/shop/production:log-stream:i-1")],
    ],
    mayNot: [
      ["logs:PutLogEvents", arn("logs", "log-group:/shop/staging:log-stream:i-1")],
      ["s3:GetObject", artifact],
      ["ssm:GetParameter", arn("ssm", "parameter/shop/ImageVersion")],
      ["ec2:TerminateInstances", arn("ec2", "instance/i-1")],
    ],
  },
};
