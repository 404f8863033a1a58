import { LogGroup } from "../../../constructs/shared/log-group";
import { testKey, testRole } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

describe("a log group", () => {
  test.each([
    ["grantWrite", ["logs:CreateLogStream", "logs:PutLogEvents"]],
    [
      "grantWriteAsAgent",
      ["logs:CreateLogStream", "logs:PutLogEvents", "logs:CreateLogGroup", "logs:DescribeLogStreams"],
    ],
  ] as const)("%s allows %j in this group only", (grant, actions) => {
    const stack = synthesizeConstruct((scope) =>
      new LogGroup(scope, "Log", { logGroupName: "/shop/log", key: testKey(scope) })[grant](testRole(scope)),
    );
    const statements = stack.policy(stack.resource("aws_iam_role_policy")["policy"]).Statement;
    expect(statements.flatMap(({ Action }) => Action)).toEqual(actions);
    for (const resource of statements.flatMap(({ Resource }) => Resource))
      expect(resource).toMatch(/^arn:aws:logs:eu-west-1:111122223333:log-group:\/shop\/log(?::\*)?$/);
  });
});
