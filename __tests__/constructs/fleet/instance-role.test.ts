import { InstanceRole } from "../../../constructs/fleet/instance-role";
import { testKey } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const stack = synthesizeConstruct((scope) => {
  new InstanceRole(scope, "InstanceRole", {
    roleName: "shop-production-instance",
    environmentName: "production",
    logGroupName: "/shop/production",
    instanceArns: "arn:aws:ec2:eu-west-1:111122223333:instance/*",
    key: testKey(scope),
  });
});

describe("what an instance may do", () => {
  const statements = stack.policy(stack.resource("aws_iam_role_policy")["policy"]).Statement;
  const granted = (service: string) =>
    statements.filter(({ Action }) => [Action].flat().every((action) => action.startsWith(`${service}:`)));

  test("is to write its log, and that of no other fleet", () => {
    for (const { Resource } of granted("logs"))
      for (const arn of [Resource].flat())
        expect(arn).toMatch(/^arn:aws:logs:eu-west-1:111122223333:log-group:\/shop\/production:/);
    expect(granted("logs").flatMap(({ Action }) => Action)).toContain("logs:PutLogEvents");
  });

  test("is to be reached by Session Manager, which takes the place of SSH", () => {
    expect(granted("ssm").flatMap(({ Action }) => Action)).toEqual(["ssm:UpdateInstanceInformation"]);
    expect(granted("ssmmessages").flatMap(({ Action }) => Action)).toEqual([
      "ssmmessages:CreateControlChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenDataChannel",
    ]);
  });

  test("is no more than that", () => {
    expect(statements).toHaveLength(["logs", "ssm", "ssmmessages"].flatMap(granted).length);
  });

  test("is known to the instance profile before an instance can start with it", () => {
    const [policy] = Object.keys(stack.resources("aws_iam_role_policy"));
    expect(stack.resource("aws_iam_instance_profile")).toMatchObject({
      name: "shop-production-instance",
      depends_on: [`aws_iam_role_policy.${policy}`],
    });
  });
});
