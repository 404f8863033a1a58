import { NoticesTopic } from "../../../constructs/release/notices-topic";
import { ReleaseWithdrawal } from "../../../constructs/release/release-withdrawal";
import { testBundles, testKey } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const ownTemplates = { StringEquals: { "aws:ResourceTag/Environment": "production" } };
const stack = synthesizeConstruct((scope) => {
  const key = testKey(scope);
  new ReleaseWithdrawal(scope, "Withdrawal", {
    functionName: "shop-production-withdraw-release",
    environmentName: "production",
    pipelineName: "shop",
    pipelineArn: "arn:aws:codepipeline:eu-west-1:111122223333:shop",
    stageName: "DeployImage-production",
    autoScalingGroupName: "shop-production",
    releaseTemplateName: "shop-production-release",
    launchTemplateArns: "arn:aws:ec2:eu-west-1:111122223333:launch-template/*",
    ownTemplates,
    topic: new NoticesTopic(scope, "Notices", { topicName: "shop-notices", key, mailAddress: undefined }),
    bundles: testBundles(scope),
    key,
  });
});

describe("the withdrawal of a release", () => {
  test("comes with every end of an execution but success", () => {
    expect(JSON.parse(String(stack.resource("aws_cloudwatch_event_rule")["event_pattern"]))).toEqual({
      source: ["aws.codepipeline"],
      "detail-type": ["CodePipeline Pipeline Execution State Change"],
      detail: { pipeline: ["shop"], state: ["FAILED", "STOPPED", "CANCELED"] },
    });
  });

  test("is about the stage, the group and the launch template of its environment", () => {
    expect(stack.resource("aws_lambda_function")["environment"]).toEqual({
      variables: {
        STAGE: "DeployImage-production",
        AUTO_SCALING_GROUP: "shop-production",
        RELEASE_TEMPLATE: "shop-production-release",
      },
    });
  });

  test("may delete versions of its environment's launch templates, and change nothing else", () => {
    const { Statement } = stack.policy(stack.resource("aws_iam_role_policy")["policy"]);
    const changing = Statement.filter(({ Action }) =>
      [Action].flat().some((action) => /^(ec2|autoscaling):(?!Describe)/.test(action)),
    );
    expect(changing).toEqual([
      {
        Effect: "Allow",
        Action: ["ec2:DeleteLaunchTemplateVersions"],
        Resource: ["arn:aws:ec2:eu-west-1:111122223333:launch-template/*"],
        Condition: ownTemplates,
      },
    ]);
  });

  test("tells the topic when it fails", () => {
    expect(stack.resource("aws_lambda_function_event_invoke_config")).toMatchObject({
      destination_config: { on_failure: { destination: expect.stringMatching(/aws_sns_topic\.Notices/) } },
    });
  });
});
