import { LogGroup } from "../../../constructs/shared/log-group";
import { testKey, testRole } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const group = "arn:aws:logs:eu-west-1:111122223333:log-group:/shop/log";
const onStreams = { Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: [`${group}:*`] };
const onGroup = {
  Action: ["logs:CreateLogGroup"],
  Resource: [group, `${group}:*`],
};

describe("a log group", () => {
  test.each([
    ["grantWrite", "writes to the streams", [onStreams]],
    ["grantWriteAsAgent", "also makes the group", [onStreams, onGroup]],
  ] as const)("with %s lets a role that %s, in this group only", (grant, _, expected) => {
    const stack = synthesizeConstruct((scope) =>
      new LogGroup(scope, "Log", { logGroupName: "/shop/log", key: testKey(scope) })[grant](testRole(scope)),
    );
    const statements = stack.policy(stack.resource("aws_iam_role_policy")["policy"]).Statement;
    expect(statements).toEqual(expected.map((statement) => expect.objectContaining(statement) as object));
  });
});
