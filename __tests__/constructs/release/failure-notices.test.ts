import { FailureNotices } from "../../../constructs/release/failure-notices";
import { testKey } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const made = (mailAddress: string | undefined) =>
  synthesizeConstruct(
    (scope) =>
      new FailureNotices(scope, "Notices", {
        topicName: "shop-notices",
        ruleName: "shop-failure",
        ruleArn: "arn:aws:events:eu-west-1:111122223333:rule/shop-failure",
        pipelineName: "shop",
        key: testKey(scope),
        mailAddress,
      }),
  );

describe("notices of failure", () => {
  const stack = made("team@example.com");

  test("are sent for failed executions of this pipeline", () => {
    expect(JSON.parse(String(stack.resource("aws_cloudwatch_event_rule")["event_pattern"]))).toEqual({
      source: ["aws.codepipeline"],
      "detail-type": ["CodePipeline Pipeline Execution State Change"],
      detail: { pipeline: ["shop"], state: ["FAILED"] },
    });
  });

  test("name the execution, as a JSON string that EventBridge fills in", () => {
    const [transformer] = [stack.resource("aws_cloudwatch_event_target")["input_transformer"]].flat();
    const { input_template } = transformer as { input_template: string };
    expect(JSON.parse(input_template)).toMatch(/^Execution <execution> of the pipeline shop failed: https:/);
  });

  test("go over an encrypted topic that takes them from the rule alone", () => {
    expect(stack.resource("aws_sns_topic")).toHaveProperty("kms_master_key_id");
    expect(stack.policy(stack.resource("aws_sns_topic_policy")["policy"]).Statement[0]).toMatchObject({
      Principal: { Service: "events.amazonaws.com" },
      Action: ["sns:Publish"],
      Condition: {
        ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/shop-failure" },
      },
    });
  });

  test("go to a mail address where one is configured", () => {
    expect(stack.resource("aws_sns_topic_subscription")).toMatchObject({
      protocol: "email",
      endpoint: "team@example.com",
    });
    expect(made(undefined).resources("aws_sns_topic_subscription")).toEqual({});
  });
});
