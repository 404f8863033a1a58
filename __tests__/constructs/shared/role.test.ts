import { Testing, TerraformStack } from "cdktf";
import { Role } from "../../../constructs/shared/role";
import { testRole } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

describe("a role", () => {
  test("has no policy before it is allowed anything", () => {
    const stack = synthesizeConstruct((scope) => {
      expect(testRole(scope).policies).toEqual([]);
    });
    expect(stack.resources("aws_iam_role_policy")).toEqual({});
  });

  test("has one policy for all that it is allowed, in the order in which it was", () => {
    const stack = synthesizeConstruct((scope) => {
      const role = testRole(scope);
      role.allow({ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::one/*"] });
      role.allow({ actions: ["ec2:DescribeImages"], everyResource: "EC2 takes none" });
      expect(role.policies).toHaveLength(1);
    });
    expect(stack.policy(stack.resource("aws_iam_role_policy")["policy"])).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::one/*"] },
        { Effect: "Allow", Action: ["ec2:DescribeImages"], Resource: "*" },
      ],
    });
  });

  test("says beside the policy, and not in it, which permission a rehearsal does without, and which is a drill's", () => {
    const stack = new TerraformStack(Testing.app(), "test");
    const role = testRole(stack);
    role.allow({ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::one/*"] });
    role.allow({
      actions: ["s3:PutObject", "s3:DeleteObject"],
      resources: ["arn:aws:s3:::one/*"],
      unusedInRehearsal: { "s3:DeleteObject": "nothing is old" },
      usedByDrill: { "s3:PutObject": "object-lost" },
    });
    // Testing.synth leaves comments out
    const { resource } = stack.toTerraform() as {
      resource: { aws_iam_role_policy: Record<string, Record<string, unknown>> };
    };
    const [made] = Object.values(resource.aws_iam_role_policy);
    expect(made?.["//"]).toMatchObject({
      unusedInRehearsal: { 1: { "s3:DeleteObject": "nothing is old" } },
      usedByDrill: { 1: { "s3:PutObject": "object-lost" } },
    });
    expect(made?.["policy"]).not.toContain("nothing is old");
  });

  test.each([
    [{ service: "lambda.amazonaws.com" }, { Principal: { Service: "lambda.amazonaws.com" } }],
    [
      { service: "codebuild.amazonaws.com", onBehalfOfAccount: "111122223333" },
      {
        Principal: { Service: "codebuild.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
      },
    ],
    [{ roleArn: "arn:aws:iam::1:role/pipeline" }, { Principal: { AWS: "arn:aws:iam::1:role/pipeline" } }],
  ])("trusts exactly %j", (assumedBy, trust) => {
    const stack = synthesizeConstruct(
      (scope) => new Role(scope, "Role", { roleName: "role", description: "test", assumedBy }),
    );
    expect(stack.policy(stack.resource("aws_iam_role")["assume_role_policy"]).Statement).toEqual([
      { Effect: "Allow", Action: "sts:AssumeRole", ...trust },
    ]);
  });
});
