import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** One action that a role's policy allows. */
export interface Grant {
  readonly role: string;
  readonly action: string;
  /** As the policy says it; a reference to a resource as Terraform writes it. */
  readonly resources: readonly string[];
  /** The same with `*` and `?`, and the name of the resource in the place of a reference. */
  readonly patterns: readonly string[];
  /** Why neither the rehearsal nor a drill uses it. */
  readonly unusedBecause: string | undefined;
  /** Name of the drill that it is for. */
  readonly usedByDrill: string | undefined;
}

type Properties = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, Readonly<Record<string, Properties>> | undefined>>;

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** Every permission of every role in the synthesized stacks. */
export function readGrants(outputDirectory: string): Grant[] {
  const stacks = join(outputDirectory, "stacks");
  return readdirSync(stacks).flatMap((stack) => {
    const text = readFileSync(join(stacks, stack, "cdk.tf.json"), "utf8");
    return grantsOf((JSON.parse(text) as { resource?: Resources }).resource ?? {});
  });
}

/** @param resources of a stack, by type and address */
export function grantsOf(resources: Resources): Grant[] {
  const policies = Object.values(resources["aws_iam_role_policy"] ?? {});
  return merged(policies.flatMap((policy) => grantsOfPolicy(policy, resources)));
}

function grantsOfPolicy(policy: Properties, resources: Resources): Grant[] {
  const role = nameIn(String(policy["role"]), resources);
  const { Statement } = JSON.parse(String(policy["policy"])) as { Statement: readonly Statement[] };
  const comment = (policy["//"] ?? {}) as Partial<
    Record<"unusedInRehearsal" | "usedByDrill", Record<string, Record<string, string>>>
  >;
  return Statement.flatMap((statement, index) => {
    const named = [statement.Resource].flat();
    return [statement.Action].flat().map((action) => ({
      role,
      action,
      resources: named,
      patterns: named.map((resource) => patternOf(resource, resources)),
      unusedBecause: comment.unusedInRehearsal?.[index]?.[action],
      usedByDrill: comment.usedByDrill?.[index]?.[action],
    }));
  });
}

/** The same permission may be granted twice, by two constructs that know nothing of each other. */
function merged(grants: readonly Grant[]): Grant[] {
  const byMeaning = new Map<string, Grant>();
  for (const grant of grants) {
    const key = JSON.stringify([grant.role, grant.action, grant.resources]);
    const same = byMeaning.get(key);
    byMeaning.set(key, {
      ...grant,
      unusedBecause: grant.unusedBecause ?? same?.unusedBecause,
      usedByDrill: grant.usedByDrill ?? same?.usedByDrill,
    });
  }
  return [...byMeaning.values()];
}

const reference = /\$\{(aws_\w+)\.([\w-]+)\.\w+\}/g;

/** `${aws_iam_role.Build_Role.name}` is the role's name. */
function nameIn(text: string, resources: Resources): string {
  return text.replace(reference, (whole, type: string, id: string) => nameOf(resources[type]?.[id]) ?? whole);
}

/** ARNs have the name in them, but for what has only an id: whatever stands there then. */
function patternOf(resource: string, resources: Resources): string {
  return resource.replace(reference, (_, type: string, id: string) => {
    const name = nameOf(resources[type]?.[id]);
    return name === undefined ? "*" : `*${name}*`;
  });
}

/** An attribute that names a resource, unless it is itself made of references. */
function nameOf(properties: Properties | undefined): string | undefined {
  return ["name", "bucket", "function_name", "repository_name"]
    .map((key) => properties?.[key])
    .find((name): name is string => typeof name === "string" && !name.includes("${"));
}
