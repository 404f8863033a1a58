import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { EncryptionKey } from "../shared/encryption-key";
import { resourcePolicy } from "../shared/policy-document";

export interface FailureNoticesProps {
  readonly topicName: string;
  readonly ruleName: string;
  readonly ruleArn: string;
  readonly pipelineName: string;
  readonly key: EncryptionKey;
  /** Undefined: a topic that people and tools may subscribe to. */
  readonly mailAddress: string | undefined;
}

/** Says when an execution failed, and which. */
export class FailureNotices extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: FailureNoticesProps) {
    super(scope, id);
    const topic = new SnsTopic(this, "Resource", { name: props.topicName, kmsMasterKeyId: props.key.arn });
    this.topicArn = topic.arn;
    props.key.letEventsIn(props.ruleArn);
    const policy = new SnsTopicPolicy(this, "Policy", {
      arn: topic.arn,
      policy: resourcePolicy([
        {
          sid: "TheRulePublishes",
          effect: "Allow",
          principal: { Service: "events.amazonaws.com" },
          actions: ["sns:Publish"],
          resources: [topic.arn],
          conditions: { ArnEquals: { "aws:SourceArn": props.ruleArn } },
        },
        {
          sid: "TlsOnly",
          effect: "Deny",
          principal: "*",
          actions: ["sns:Publish"],
          resources: [topic.arn],
          conditions: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
    });
    const rule = new CloudwatchEventRule(this, "Rule", {
      name: props.ruleName,
      description: `A failed execution of the pipeline ${props.pipelineName}`,
      eventPattern: JSON.stringify({
        source: ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        detail: { pipeline: [props.pipelineName], state: ["FAILED"] },
      }),
    });
    new CloudwatchEventTarget(this, "Target", {
      rule: rule.name,
      targetId: "topic",
      arn: topic.arn,
      inputTransformer: {
        inputPaths: { execution: "$.detail.execution-id", region: "$.region" },
        inputTemplate: JSON.stringify(
          `Execution <execution> of the pipeline ${props.pipelineName} failed: ` +
            `https://<region>.console.aws.amazon.com/codesuite/codepipeline/pipelines/${props.pipelineName}/executions/<execution>`,
        ),
      },
      dependsOn: [policy],
    });
    if (props.mailAddress !== undefined) {
      new SnsTopicSubscription(this, "Mail", {
        topicArn: topic.arn,
        protocol: "email",
        endpoint: props.mailAddress,
      });
    }
  }
}
