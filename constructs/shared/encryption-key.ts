import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { resourcePolicy, type Conditions, type ResourceStatement, type Statement } from "./policy-document";
import type { Grantee } from "./role";

export interface EncryptionKeyProps {
  /** Without "alias/". */
  readonly aliasName: string;
  readonly description: string;
  readonly accountId: string;
  readonly region: string;
}

/** A customer managed key. Roles of the account get at it by their own policies, services by statements here. */
export class EncryptionKey extends Construct {
  readonly arn: string;
  private readonly statements: ResourceStatement[] = [];

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    this.statements.push({
      // AWS's default: without it nobody could administer the key, and policies of roles would not count.
      // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
      sid: "PoliciesOfTheAccountDecide",
      effect: "Allow",
      principal: { AWS: `arn:aws:iam::${props.accountId}:root` },
      actions: ["kms:*"],
      resources: ["*"],
    });
    this.letIn(
      "logs",
      `logs.${props.region}.amazonaws.com`,
      ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"],
      {
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html; the kms:DescribeKey that stands
        // there as well is a call without an encryption context, so no condition on one ever allows it
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${props.region}:${props.accountId}:log-group:*`,
        },
      },
    );
    const key = new KmsKey(this, "Resource", {
      description: props.description,
      enableKeyRotation: true,
      // the shortest that KMS allows: what it protected is destroyed with it
      deletionWindowInDays: 7,
      policy: Lazy.stringValue({ produce: () => resourcePolicy(this.statements) }),
    });
    new KmsAlias(this, "Alias", { name: `alias/${props.aliasName}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }

  grantEncryptDecrypt(grantee: Grantee, unusedInRehearsal?: Statement["unusedInRehearsal"]): void {
    grantee.allow({
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [this.arn],
      unusedInRehearsal,
    });
  }

  grantDecrypt(grantee: Grantee): void {
    grantee.allow({ actions: ["kms:Decrypt"], resources: [this.arn] });
  }

  private letIn(name: string, service: string, actions: readonly string[], conditions: Conditions): void {
    this.statements.push({
      sid: `Service${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      effect: "Allow",
      principal: { Service: service },
      actions,
      // in a key's policy: this key
      resources: ["*"],
      conditions,
    });
  }
}
