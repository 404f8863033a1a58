import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { EncryptionKey } from "./encryption-key";
import { usedAll } from "./policy-document";
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

  /** @param drill in which alone somebody writes; see `Statement.usedByDrill` */
  grantWrite(grantee: Grantee, drill?: string): void {
    // both are on a stream, also the one that creates it
    const actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
    grantee.allow({
      actions,
      resources: [`${this.arn}:*`],
      usedByDrill: drill === undefined ? {} : usedAll(actions, drill),
    });
  }

  /** For agents that make the group before they write, although it is there. */
  grantWriteAsAgent(grantee: Grantee): void {
    this.grantWrite(grantee);
    grantee.allow({
      actions: ["logs:CreateLogGroup"],
      // the authorization reference has this on the group, while CloudWatch Logs asks for its ARN with `:*`
      resources: [this.arn, `${this.arn}:*`],
    });
  }
}
