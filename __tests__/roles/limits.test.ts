import { accountId, region } from "../support/configuration";
import { allows, almighty, type Context } from "../support/roles";
import { cases, otherAccount, states, type Call } from "./cases";
import { role, roleArn, roles } from "./synthesized-roles";
import { roleTable } from "./table";

const names = roleTable.map((row) => row.role);

/** Of whatever the first may, who may hand on or take which role. */
const mayPass: Readonly<Record<string, readonly string[]>> = {
  "production-roll-out": ["production-instance"],
};
const mayAssume: Readonly<Record<string, readonly string[]>> = {
  pipeline: names.filter((name) => name.endsWith("-action")),
};

const changesOfRoles = [
  "iam:PutRolePolicy",
  "iam:DeleteRolePolicy",
  "iam:AttachRolePolicy",
  "iam:DetachRolePolicy",
  "iam:UpdateAssumeRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:DeleteRolePermissionsBoundary",
  "iam:UpdateRole",
  "iam:TagRole",
  "iam:DeleteRole",
];
const onStates = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"];
const onStateBucket = ["s3:ListBucket", "s3:PutBucketPolicy", "s3:DeleteBucket"];
const everywhere: readonly (readonly [action: string, resource: string])[] = [
  ["iam:CreateRole", roleArn("another")],
  ["iam:CreateUser", `arn:aws:iam::${accountId}:user/another`],
  ["iam:CreateAccessKey", `arn:aws:iam::${accountId}:user/another`],
  ["iam:CreatePolicyVersion", `arn:aws:iam::${accountId}:policy/any`],
  ["iam:AddRoleToInstanceProfile", `arn:aws:iam::${accountId}:instance-profile/shop-image-builder`],
  ["iam:CreateServiceLinkedRole", `arn:aws:iam::${accountId}:role/aws-service-role/x.amazonaws.com/X`],
  ["lambda:UpdateFunctionCode", `arn:aws:lambda:${region}:${accountId}:function:shop-version`],
  ["lambda:UpdateFunctionConfiguration", `arn:aws:lambda:${region}:${accountId}:function:shop-version`],
  ["codebuild:UpdateProject", `arn:aws:codebuild:${region}:${accountId}:project/shop-build`],
  ["codepipeline:UpdatePipeline", `arn:aws:codepipeline:${region}:${accountId}:shop`],
  ["kms:PutKeyPolicy", `arn:aws:kms:${region}:${accountId}:key/any`],
  ["kms:ScheduleKeyDeletion", `arn:aws:kms:${region}:${accountId}:key/any`],
  ["kms:CreateGrant", `arn:aws:kms:${region}:${accountId}:key/any`],
  ["logs:DeleteLogGroup", `arn:aws:logs:${region}:${accountId}:log-group:/aws/codebuild/shop-build`],
];

/** By nothing but the role's policy: a role that may do everything is not denied the same call. */
const denied = async (name: string, calls: readonly Call[]): Promise<void> => {
  expect(calls).not.toEqual([]);
  for (const [action, resource, context] of calls) {
    const mine = await allows(role(name), action, resource, context);
    expect({ action, resource, context, mine, almighty: await possible(action, resource, context) }).toEqual({
      action,
      resource,
      context,
      mine: false,
      almighty: true,
    });
  }
};
const asked = new Map<string, Promise<boolean>>();
function possible(...call: Call): Promise<boolean> {
  const key = JSON.stringify(call);
  const answer = asked.get(key) ?? allows(almighty, ...call);
  asked.set(key, answer);
  return answer;
}

describe("no role", () => {
  test.each(names)("but those listed is passed on by %s", async (name) => {
    const services = ["ec2", "lambda", "codepipeline", "codebuild", "imagebuilder", "events"];
    for (const target of roles)
      for (const service of services) {
        const context = { "iam:PassedToService": `${service}.amazonaws.com` };
        const listed =
          service === "ec2" && (mayPass[name] ?? []).some((one) => target.name === `shop-${one}`);
        const resource = `arn:aws:iam::${accountId}:role/${target.name}`;
        expect([resource, service, await allows(role(name), "iam:PassRole", resource, context)]).toEqual([
          resource,
          service,
          listed,
        ]);
      }
    await denied(name, [["iam:PassRole", roleArn("admin"), { "iam:PassedToService": "ec2.amazonaws.com" }]]);
  });

  test.each(names)("but those listed is assumed by %s", async (name) => {
    for (const target of names)
      expect([
        target,
        await allows(role(name), "sts:AssumeRole", roleArn(target), {}, role(target).trust),
      ]).toEqual([target, (mayAssume[name] ?? []).includes(target)]);
    await denied(name, [
      ["sts:AssumeRole", roleArn("admin")],
      ["sts:AssumeRole", roleArn("version-action", otherAccount)],
    ]);
  });

  test.each(names)("is changed by %s, its own least of all", async (name) => {
    for (const target of [name, "admin"])
      await denied(
        name,
        changesOfRoles.map((action) => [action, roleArn(target)]),
      );
  });

  test.each(names)("like %s gets at a state", async (name) => {
    await denied(name, [
      ...onStates.map((action) => [action, states] as const),
      ...onStateBucket.map((action) => [action, "arn:aws:s3:::shop-states"] as const),
    ]);
  });

  test.each(names)("like %s makes itself or another mightier", (name) => denied(name, everywhere));
});

/** The call as it would be for somebody else's things; none where the resource is nobody's. */
function elsewhere(call: Call, replace: (text: string) => string): Call[] {
  const [action, resource, context = {}] = call;
  const changed: Context = Object.fromEntries(
    Object.entries(context).map(([key, value]) => [key, typeof value === "string" ? replace(value) : value]),
  );
  const other: Call = [action, replace(resource), changed];
  return JSON.stringify(other) === JSON.stringify([action, resource, context]) ? [] : [other];
}

describe("what a role may do here, it may not do", () => {
  /** For each role, the calls that are another's when they are replaced so. */
  const everyCase = (replace: (text: string) => string, of = names) =>
    of.map((name) => [name, cases[name]!.may.flatMap((call) => elsewhere(call, replace))] as const);
  const ofProduction = names.filter((name) => name.startsWith("production-"));

  test.each(everyCase((text) => text.replaceAll(accountId, otherAccount)))(
    "in another account: %s",
    (name, calls) => denied(name, calls),
  );

  test.each(everyCase((text) => text.replace(/\bshop\b/g, "other")))(
    "to another pipeline's things: %s",
    (name, calls) => denied(name, calls),
  );

  test.each(everyCase((text) => text.replaceAll("production", "staging"), ofProduction))(
    "to another environment: %s",
    (name, calls) => denied(name, calls),
  );

  test.each(everyCase((text) => text.replaceAll(region, "us-east-1")))(
    "in another region: %s",
    (name, calls) => denied(name, calls),
  );
});
