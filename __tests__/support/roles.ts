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

/** Whether IAM would let a role do it. `resourcePolicy`: what the resource itself says, where that counts. */
export async function allows(
  role: SynthesizedRole,
  action: string,
  resource: string,
  context: Context = {},
  resourcePolicy?: PolicyDocument,
): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${accountId}:role/${role.name}`,
        action,
        resource: {
          resource,
          accountId: /^arn:aws:[\w-]+:[\w-]*:(\d{12}):/.exec(resource)?.[1] ?? accountId,
        },
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
  return answer.overallResult === "Allowed";
}
