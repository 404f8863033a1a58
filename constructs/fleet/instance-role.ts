import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { Construct } from "constructs";
import type { EncryptionKey } from "../shared/encryption-key";
import { LogGroup } from "../shared/log-group";
import { unusedAll } from "../shared/policy-document";
import { Role } from "../shared/role";
import { dataChannelActions, grantSystemsManager } from "../shared/systems-manager";

const withoutSession = unusedAll(
  dataChannelActions,
  "the agent opens a data channel for a session, and nobody opens one in the local cloud",
);

export interface InstanceRoleProps {
  readonly roleName: string;
  readonly environmentName: string;
  readonly logGroupName: string;
  readonly instanceArns: string;
  readonly key: EncryptionKey;
}

/** What a running instance may do: be reached by Session Manager, and write its log. */
export class InstanceRole extends Construct {
  readonly instanceProfileName: string;

  constructor(scope: Construct, id: string, props: InstanceRoleProps) {
    super(scope, id);
    const log = new LogGroup(this, "Log", { logGroupName: props.logGroupName, key: props.key });
    const role = new Role(this, "Role", {
      roleName: props.roleName,
      description: `Assumed by the instances of ${props.environmentName}`,
      assumedBy: { service: "ec2.amazonaws.com" },
    });
    // the agent asks for the group only when its stream can't be made, and the group is there
    log.grantWrite(role);
    grantSystemsManager(role, props.instanceArns, withoutSession);
    this.instanceProfileName = new IamInstanceProfile(this, "Resource", {
      name: props.roleName,
      role: role.roleName,
      // an instance would start without permissions, and Auto Scaling starts them
      dependsOn: role.policies,
    }).name;
  }
}
