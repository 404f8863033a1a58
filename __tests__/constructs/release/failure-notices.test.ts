import { FailureNotices } from "../../../constructs/release/failure-notices";
import { NoticesTopic } from "../../../constructs/release/notices-topic";
import { testBundles, testKey } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const stack = synthesizeConstruct((scope) => {
  const key = testKey(scope);
  new FailureNotices(scope, "FailureNotices", {
    functionName: "shop-announce-failure",
    pipelineName: "shop",
    pipelineArn: "arn:aws:codepipeline:eu-west-1:111122223333:shop",
    topic: new NoticesTopic(scope, "Notices", { topicName: "shop-notices", key, mailAddress: undefined }),
    bundles: testBundles(scope),
    key,
  });
});
const topic = expect.stringMatching(/^\$\{aws_sns_topic\.Notices_\w+\.arn\}$/) as string;

describe("notices of failure", () => {
  test("are sent for failed executions of this pipeline", () => {
    expect(JSON.parse(String(stack.resource("aws_cloudwatch_event_rule")["event_pattern"]))).toEqual({
      source: ["aws.codepipeline"],
      "detail-type": ["CodePipeline Pipeline Execution State Change"],
      detail: { pipeline: ["shop"], state: ["FAILED"] },
    });
  });

  test("are made by a function that gets the whole event", () => {
    const target = stack.resource("aws_cloudwatch_event_target");
    expect(target).toMatchObject({ arn: expect.stringMatching(/aws_lambda_function\.FailureNotices/) });
    expect(target).not.toHaveProperty("input_transformer");
    expect(stack.resource("aws_lambda_function")).toMatchObject({
      function_name: "shop-announce-failure",
      environment: { variables: { TOPIC_ARN: topic } },
    });
  });

  test("are made for this rule alone, which exists only after it may invoke the function", () => {
    expect(stack.resource("aws_lambda_permission")).toMatchObject({
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      source_arn: expect.stringMatching(/^\$\{aws_cloudwatch_event_rule\.\w+\.arn\}$/),
    });
    expect(stack.resource("aws_cloudwatch_event_target")["depends_on"]).toEqual([
      expect.stringMatching(/^aws_lambda_permission\./),
    ]);
  });

  test("are not lost when the function fails: Lambda publishes the event with the error", () => {
    const config = stack.resource("aws_lambda_function_event_invoke_config");
    expect(config).toMatchObject({
      maximum_retry_attempts: 2,
      maximum_event_age_in_seconds: 21_600,
      destination_config: { on_failure: { destination: topic } },
    });
    expect(config["depends_on"]).toEqual([expect.stringMatching(/^aws_iam_role_policy\./)]);
  });

  test("need to look up executions of this pipeline, and to publish", () => {
    const { Statement } = stack.policy(stack.resource("aws_iam_role_policy")["policy"]);
    expect(Statement.map(({ Action }) => Action)).toEqual([
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"],
      ["sns:Publish"],
      ["kms:Decrypt", "kms:GenerateDataKey"],
    ]);
    expect(Statement[1]?.Resource).toEqual(["arn:aws:codepipeline:eu-west-1:111122223333:shop"]);
  });
});
