import type { PolicyDocument, PolicyStatement, Synthesized } from "./synthesized";

export interface SynthesizedPolicy {
  /** Of the resource in Terraform, and its attribute. */
  readonly address: string;
  /** What it belongs to: a role, a role that it says who may assume of, or another resource. */
  readonly kind: "role" | "trust" | "resource";
  readonly document: PolicyDocument;
}

/** Every policy of a stack: of roles, buckets, keys, topics and whatever else has one. */
export function policiesOf(stack: Synthesized): SynthesizedPolicy[] {
  return Object.entries(stack.document["resource"] ?? {}).flatMap(([type, resources]) =>
    Object.entries(resources).flatMap(([id, properties]) =>
      Object.entries(properties)
        .filter(([, value]) => typeof value === "string" && value.includes('"Statement"'))
        .map(([attribute, value]) => ({
          address: `${type}.${id}.${attribute}`,
          kind: kindOf(type, attribute),
          document: stack.policy(value),
        })),
    ),
  );
}

function kindOf(type: string, attribute: string): SynthesizedPolicy["kind"] {
  if (attribute === "assume_role_policy") return "trust";
  return type === "aws_iam_role_policy" ? "role" : "resource";
}

export const list = (value: string | readonly string[] | undefined): readonly string[] =>
  [value ?? []].flat();

export const conditionKeys = ({ Condition = {} }: PolicyStatement): string[] =>
  Object.values(Condition as Record<string, Record<string, unknown>>).flatMap((keys) => Object.keys(keys));
