import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { EncryptionKey } from "./encryption-key";
import type { Grantee } from "./role";

export interface LogGroupProps {
  readonly logGroupName: string;
  readonly key: EncryptionKey;
  /** @default 365, so that last year's release can still be explained */
  readonly retentionDays?: number;
}

/** A log group made here and not by the service that writes to it, so that it is encrypted, expires and can be destroyed. */
export class LogGroup extends Construct {
  readonly logGroupName: string;
  readonly resource: ITerraformDependable;
  private readonly arn: string;

  constructor(scope: Construct, id: string, props: LogGroupProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, "Resource", {
      name: props.logGroupName,
      kmsKeyId: props.key.arn,
      retentionInDays: props.retentionDays ?? 365,
    });
    this.logGroupName = group.name;
    this.arn = group.arn;
    this.resource = group;
  }

  grantWrite(grantee: Grantee): void {
    grantee.allow({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      // the authorization reference asks for the group to create a stream, and for the stream to write into it
      resources: [this.arn, `${this.arn}:*`],
    });
  }

  /** For agents that ask for the group before they write; what they ask for is there already. */
  grantWriteAsAgent(grantee: Grantee): void {
    this.grantWrite(grantee);
    grantee.allow({ actions: ["logs:CreateLogGroup", "logs:DescribeLogStreams"], resources: [this.arn] });
  }
}
