import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Lazy, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { identityPolicy, policy, type Statement } from "./policy-document";

/** Whoever a resource can give permissions to. */
export interface Grantee {
  allow(statement: Statement): void;
}

export type Principal =
  | {
      readonly service: string;
      /** For a service that tells on whose behalf it comes: only this account's, so nobody can borrow the role. */
      readonly onBehalfOfAccount?: string;
    }
  | { readonly roleArn: string };

export interface RoleProps {
  readonly roleName: string;
  readonly description: string;
  readonly assumedBy: Principal;
}

/** A role and its one policy, which is made with the first permission. */
export class Role extends Construct implements Grantee {
  readonly arn: string;
  readonly roleName: string;
  /** A service may use a role before its policy is there: put these into `dependsOn`. */
  readonly policies: ITerraformDependable[] = [];
  private readonly role: IamRole;
  private readonly statements: Statement[] = [];
  private policy: IamRolePolicy | undefined;

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id);
    this.role = new IamRole(this, "Resource", {
      name: props.roleName,
      description: props.description,
      assumeRolePolicy: policy([
        {
          Effect: "Allow",
          Principal: principal(props.assumedBy),
          Action: "sts:AssumeRole",
          ...condition(props.assumedBy),
        },
      ]),
    });
    this.arn = this.role.arn;
    this.roleName = this.role.name;
  }

  allow(statement: Statement): void {
    const index = this.statements.push(statement) - 1;
    this.policy ??= this.makePolicy();
    // a comment in Terraform's JSON, which the rehearsal's report reads; no part of what IAM gets
    for (const name of ["unusedInRehearsal", "usedByDrill"] as const)
      for (const [action, text] of Object.entries(statement[name] ?? {}))
        this.policy.addOverride(`//.${name}.${index}.${action}`, text);
  }

  private makePolicy(): IamRolePolicy {
    const made = new IamRolePolicy(this, "Policy", {
      name: "permissions",
      role: this.role.name,
      policy: Lazy.stringValue({ produce: () => identityPolicy(this.statements) }),
    });
    this.policies.push(made);
    return made;
  }
}

function principal(assumedBy: Principal): object {
  return "service" in assumedBy ? { Service: assumedBy.service } : { AWS: assumedBy.roleArn };
}

function condition(assumedBy: Principal): object {
  return "service" in assumedBy && assumedBy.onBehalfOfAccount !== undefined
    ? { Condition: { StringEquals: { "aws:SourceAccount": assumedBy.onBehalfOfAccount } } }
    : {};
}
