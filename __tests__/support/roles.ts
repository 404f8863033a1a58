import { runSimulation } from "@cloud-copilot/iam-simulate";
import { accountId } from "./configuration";
import type { PolicyDocument, Synthesized } from "./synthesized";

export interface SynthesizedRole {
  readonly name: string;
  readonly description: string;
  readonly trust: PolicyDocument;
  readonly permissions: PolicyDocument;
}

/** Every role of a stack, with its own policy. */
export function rolesOf(stack: Synthesized): SynthesizedRole[] {
  const policies = Object.values(stack.resources("aws_iam_role_policy"));
  return Object.entries(stack.resources("aws_iam_role")).map(([id, role]) => ({
    name: String(role["name"]),
    description: String(role["description"]),
    trust: stack.policy(role["assume_role_policy"]),
    permissions: stack.policy(
      policies.find((policy) => policy["role"] === `\${aws_iam_role.${id}.name}`)?.["policy"] ??
        '{"Statement":[]}',
    ),
  }));
}

export type Context = Readonly<Record<string, string | string[]>>;

/**
 * Whether a role's own policy lets it do something: the resource, of whatever account, lets this account in, so nothing but
 * the role's policy decides. `resourcePolicy`: what the resource itself says, where a test is about that.
 */
export async function allows(
  role: SynthesizedRole,
  action: string,
  resource: string,
  context: Context = {},
  resourcePolicy: PolicyDocument | undefined = openToAccount(action),
): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${accountId}:role/${role.name}`,
        action,
        resource: { resource, accountId },
        contextVariables: { ...context },
      },
      identityPolicies: [{ name: "permissions", policy: role.permissions }],
      resourcePolicy,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === "error")
    throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  const ignored = answer.resultType === "single" ? (answer.result.ignoredContextKeys ?? []) : [];
  if (ignored.length > 0) throw new Error(`${action} on ${resource} has no ${ignored.join(", ")}`);
  return answer.overallResult === "Allowed";
}

/** A role that may do everything; what is denied to it is not denied by a role's policy. */
export const almighty: SynthesizedRole = {
  name: "almighty",
  description: "May do everything",
  trust: { Statement: [] },
  permissions: { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
};

/** Roles and keys let nobody in whom their own policy does not name; this one names the account. */
function openToAccount(action: string): PolicyDocument | undefined {
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  if (action === "sts:AssumeRole") return { Statement: [{ Effect: "Allow", Principal, Action: action }] };
  if (action.startsWith("kms:"))
    return { Statement: [{ Effect: "Allow", Principal, Action: "kms:*", Resource: "*" }] };
  return undefined;
}
