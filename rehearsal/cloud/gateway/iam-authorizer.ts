import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
} from "@aws-sdk/client-iam";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { Call, Permission } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { RoleCredentials } from "../cloud";
import type { Authorizer } from "./authorizer";
import type { CallRecord } from "./call-record";
import type { Callers } from "./callers";

interface NamedPolicy {
  readonly name: string;
  readonly policy: object;
}

/** Decides with the policies that the emulator's IAM holds, evaluated by iam-simulate. */
export class IamAuthorizer implements Authorizer {
  private policies = new Map<string, Promise<NamedPolicy[]>>();

  constructor(
    private readonly iam: IAMClient,
    private readonly callers: Callers,
    private readonly record: CallRecord,
    private readonly accountId: string,
  ) {}

  async authorize(call: Call, permission: Permission): Promise<void> {
    await this.decide(call.caller.arn, permission);
  }

  async authorizeRole(credentials: RoleCredentials, action: string, resource: string): Promise<void> {
    const caller = await this.callers.resolve(credentials.accessKeyId, credentials.sessionToken);
    await this.decide(caller.arn, { action, resource });
  }

  /** To be called after every change in IAM. */
  forget(): void {
    this.policies = new Map();
  }

  private async decide(principal: string, { action, resource, context }: Permission): Promise<void> {
    const allowed =
      principal.endsWith(":root") || (await this.allows(principal, action, resource, context ?? {}));
    this.record.add({
      principal,
      action,
      resource,
      decision: allowed ? "allowed" : "denied",
      servedBy: "gateway",
    });
    if (!allowed) throw denial(principal, action, resource);
  }

  private async allows(
    principal: string,
    action: string,
    resource: string,
    context: Readonly<Record<string, string | string[]>>,
  ): Promise<boolean> {
    const answer = await runSimulation(
      {
        request: {
          principal,
          action,
          resource: { resource, accountId: this.accountId },
          contextVariables: { ...context },
        },
        identityPolicies: await this.policiesOf(principal),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (answer.resultType === "error")
      throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
    return answer.overallResult === "Allowed";
  }

  private policiesOf(principal: string): Promise<NamedPolicy[]> {
    let policies = this.policies.get(principal);
    if (!policies) {
      policies = this.readPolicies(principal);
      this.policies.set(principal, policies);
    }
    return policies;
  }

  private async readPolicies(principal: string): Promise<NamedPolicy[]> {
    const role = /:assumed-role\/([^/]+)\//.exec(principal)?.[1];
    if (role) {
      const inline = await this.iam.send(new ListRolePoliciesCommand({ RoleName: role }));
      const attached = await this.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role }));
      return Promise.all([
        ...(inline.PolicyNames ?? []).map(async (name) => {
          const found = await this.iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }));
          return { name, policy: parsePolicy(found.PolicyDocument) };
        }),
        ...(attached.AttachedPolicies ?? []).map(({ PolicyArn }) => this.managedPolicy(PolicyArn!)),
      ]);
    }
    const user = principal.split("/").at(-1)!;
    const inline = await this.iam.send(new ListUserPoliciesCommand({ UserName: user }));
    const attached = await this.iam.send(new ListAttachedUserPoliciesCommand({ UserName: user }));
    return Promise.all([
      ...(inline.PolicyNames ?? []).map(async (name) => {
        const found = await this.iam.send(new GetUserPolicyCommand({ UserName: user, PolicyName: name }));
        return { name, policy: parsePolicy(found.PolicyDocument) };
      }),
      ...(attached.AttachedPolicies ?? []).map(({ PolicyArn }) => this.managedPolicy(PolicyArn!)),
    ]);
  }

  private async managedPolicy(arn: string): Promise<NamedPolicy> {
    const { Policy } = await this.iam.send(new GetPolicyCommand({ PolicyArn: arn }));
    const version = await this.iam.send(
      new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId }),
    );
    return { name: arn, policy: parsePolicy(version.PolicyVersion?.Document) };
  }
}

/** IAM answers with URL-encoded documents. */
const parsePolicy = (document: string | undefined): object =>
  JSON.parse(decodeURIComponent(document ?? "")) as object;

function denial(principal: string, action: string, resource: string): ServiceError {
  const message = `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  return action.startsWith("autoscaling:") || action.startsWith("elasticloadbalancing:")
    ? new ServiceError("AccessDenied", message, 403)
    : new ServiceError("AccessDeniedException", message, 400);
}
