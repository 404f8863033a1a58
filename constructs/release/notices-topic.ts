import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { EncryptionKey } from "../shared/encryption-key";
import { resourcePolicy, unusedAll, usedAll } from "../shared/policy-document";
import type { Grantee } from "../shared/role";

export interface NoticesTopicProps {
  readonly topicName: string;
  readonly key: EncryptionKey;
  /** Undefined: a topic that people and tools may subscribe to. */
  readonly mailAddress: string | undefined;
}

/** Where people learn what the pipeline can't mend by itself. */
export class NoticesTopic extends Construct {
  readonly arn: string;
  private readonly key: EncryptionKey;

  constructor(scope: Construct, id: string, props: NoticesTopicProps) {
    super(scope, id);
    this.key = props.key;
    const topic = new SnsTopic(this, "Resource", { name: props.topicName, kmsMasterKeyId: props.key.arn });
    this.arn = topic.arn;
    new SnsTopicPolicy(this, "Policy", {
      arn: topic.arn,
      policy: resourcePolicy([
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
    if (props.mailAddress !== undefined) {
      new SnsTopicSubscription(this, "Mail", {
        topicArn: topic.arn,
        protocol: "email",
        endpoint: props.mailAddress,
      });
    }
  }

  /**
   * Who publishes to an encrypted topic needs its key as well: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   * @param drill in which something is published; see `Statement.usedByDrill`
   */
  grantPublish(grantee: Grantee, drill: string): void {
    const actions = ["sns:Publish"];
    grantee.allow({
      actions,
      resources: [this.arn],
      usedByDrill: usedAll(actions, drill),
    });
    this.key.grantEncryptDecrypt(
      grantee,
      unusedAll(["kms:Decrypt", "kms:GenerateDataKey"], "the local cloud's topics ask for no key"),
    );
  }
}
