import { LambdaFunction } from "../../../constructs/shared/lambda-function";
import { testBundles, testKey } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const stack = synthesizeConstruct(
  (scope) =>
    new LambdaFunction(scope, "Function", {
      functionName: "shop-version",
      description: "draws versions",
      bundle: testBundles(scope).of("version"),
      environment: { VERSION_LINE: "1.0" },
      key: testKey(scope),
    }),
);
const resource = stack.resource("aws_lambda_function");

describe("a function", () => {
  test("runs on the newest Node that the provider knows, on arm64", () => {
    expect(resource).toMatchObject({
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
    });
  });

  test("is replaced when its code changes, and only then", () => {
    expect(resource["source_code_hash"]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(resource["filename"]).toMatch(/^assets\/Bundles_Version_\w+\/\w+\/function\.zip$/);
  });

  test("writes to a log group that Terraform made: encrypted and expiring", () => {
    expect(stack.resource("aws_cloudwatch_log_group")).toMatchObject({
      name: "/aws/lambda/shop-version",
      retention_in_days: 365,
      kms_key_id: expect.stringMatching(/aws_kms_key/),
    });
    expect(resource["logging_config"]).toEqual({
      log_format: "Text",
      log_group: expect.stringMatching(/aws_cloudwatch_log_group/),
    });
  });

  test("may do nothing but that before it is granted more", () => {
    expect(stack.policy(stack.resource("aws_iam_role_policy")["policy"]).Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/shop-version:*"],
      },
    ]);
  });

  test("is not made before its policy is", () => {
    expect(resource["depends_on"]).toEqual([expect.stringMatching(/^aws_iam_role_policy\./)]);
  });
});
