import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
} from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import type { Call } from "../../../../rehearsal/cloud/api/service";
import type { CallDecision, CallRecord } from "../../../../rehearsal/cloud/gateway/call-record";
import type { Callers } from "../../../../rehearsal/cloud/gateway/callers";
import { IamAuthorizer } from "../../../../rehearsal/cloud/gateway/iam-authorizer";

const accountId = "111122223333";
const repository = `arn:aws:codecommit:eu-west-1:${accountId}:hello`;
const role = `arn:aws:sts::${accountId}:assumed-role/builder/session`;
const user = `arn:aws:iam::${accountId}:user/ada`;
const read = { action: "codecommit:GetBranch", resource: repository };

const iam = mockClient(IAMClient);
let recorded: Omit<CallDecision, "time">[];
let authorizer: IamAuthorizer;

/** A policy as IAM answers it. */
const policy = (statement: object): string =>
  encodeURIComponent(
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] }),
  );
const asks = (arn: string, permission: Parameters<IamAuthorizer["authorize"]>[1]): Promise<void> =>
  authorizer.authorize(
    { caller: { arn, accountId, accessKeyId: "AKIA" }, region: "eu-west-1", requestId: "1" } as Call,
    permission,
  );

/** The only policy of the role `builder`. */
function allowRole(statement: object): void {
  iam.on(ListRolePoliciesCommand, { RoleName: "builder" }).resolves({ PolicyNames: ["inline"] });
  iam.on(GetRolePolicyCommand).resolves({ PolicyDocument: policy(statement) } as never);
}

beforeEach(() => {
  iam.reset();
  iam.on(ListRolePoliciesCommand).resolves({ PolicyNames: [] });
  iam.on(ListAttachedRolePoliciesCommand).resolves({ AttachedPolicies: [] });
  iam.on(ListUserPoliciesCommand).resolves({ PolicyNames: [] });
  iam.on(ListAttachedUserPoliciesCommand).resolves({ AttachedPolicies: [] });
  recorded = [];
  const callers = {
    resolve: (accessKeyId: string, token: string) =>
      Promise.resolve({ accessKeyId, accountId, arn: token === "builder's" ? role : user }),
  };
  const record = { add: (decision: Omit<CallDecision, "time">) => void recorded.push(decision) };
  authorizer = new IamAuthorizer(
    new IAMClient({ region: "eu-west-1" }),
    callers as unknown as Callers,
    record as unknown as CallRecord,
    accountId,
  );
});
afterAll(() => iam.restore());

describe("a decision", () => {
  it("lets a role do what its policy allows, and nothing else, and records both", async () => {
    allowRole({ Action: "codecommit:GetBranch", Resource: repository });
    await asks(role, read);
    await expect(asks(role, { ...read, resource: `${repository}-2` })).rejects.toMatchObject({
      code: "AccessDeniedException",
      status: 400,
    });
    await expect(asks(role, { ...read, action: "codecommit:DeleteBranch" })).rejects.toThrow(
      `User: ${role} is not authorized to perform: codecommit:DeleteBranch on resource: ${repository} ` +
        "because no identity-based policy allows the codecommit:DeleteBranch action",
    );
    expect(recorded).toEqual(
      [
        { ...read, decision: "allowed" },
        { ...read, resource: `${repository}-2`, decision: "denied" },
        { ...read, action: "codecommit:DeleteBranch", decision: "denied" },
      ].map((decision) => ({ principal: role, servedBy: "gateway", ...decision })),
    );
  });

  it("heeds the conditions of a statement", async () => {
    const pass = { action: "iam:PassRole", resource: `arn:aws:iam::${accountId}:role/instance` };
    const to = (service: string) => ({ ...pass, context: { "iam:PassedToService": service } });
    allowRole({
      Action: pass.action,
      Resource: pass.resource,
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    });
    await asks(role, to("ec2.amazonaws.com"));
    await expect(asks(role, to("lambda.amazonaws.com"))).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
  });

  it("reads managed policies in their default version", async () => {
    iam
      .on(ListAttachedRolePoliciesCommand)
      .resolves({ AttachedPolicies: [{ PolicyArn: "arn:aws:iam::aws:policy/Read" }] });
    iam.on(GetPolicyCommand).resolves({ Policy: { DefaultVersionId: "v7" } });
    iam
      .on(GetPolicyVersionCommand, { VersionId: "v7" })
      .resolves({ PolicyVersion: { Document: policy({ Action: "codecommit:Get*", Resource: "*" }) } });
    await expect(asks(role, read)).resolves.toBeUndefined();
  });

  it("knows users as well as roles", async () => {
    iam.on(ListUserPoliciesCommand, { UserName: "ada" }).resolves({ PolicyNames: ["inline"] });
    iam
      .on(GetUserPolicyCommand, { UserName: "ada", PolicyName: "inline" })
      .resolves({ PolicyDocument: policy({ Action: "codecommit:GetBranch", Resource: "*" }) } as never);
    await expect(asks(user, read)).resolves.toBeUndefined();
    await expect(asks(user.replace("ada", "bob"), read)).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
  });

  it("lets the account itself do everything without asking IAM", async () => {
    await asks(`arn:aws:iam::${accountId}:root`, read);
    expect(iam.calls()).toEqual([]);
    expect(recorded).toMatchObject([{ decision: "allowed" }]);
  });

  it("is about the role whose credentials a service uses", async () => {
    allowRole({ Action: "logs:PutLogEvents", Resource: "*" });
    const credentials = { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "builder's" };
    await authorizer.authorizeRole(
      credentials,
      "logs:PutLogEvents",
      `arn:aws:logs:eu-west-1:${accountId}:log-group:a:log-stream:b`,
    );
    expect(recorded).toMatchObject([{ principal: role, action: "logs:PutLogEvents", decision: "allowed" }]);
  });

  it.each(["autoscaling:DescribeAutoScalingGroups", "elasticloadbalancing:DescribeTargetHealth"])(
    "about %s is refused in the words of the query services",
    async (action) => {
      await expect(asks(role, { action, resource: "*" })).rejects.toMatchObject({
        code: "AccessDenied",
        status: 403,
      });
    },
  );
});

describe("policies", () => {
  it("are read once until something in IAM changes", async () => {
    await expect(asks(role, read)).rejects.toThrow("not authorized");
    allowRole({ Action: "codecommit:GetBranch", Resource: "*" });
    await expect(asks(role, read)).rejects.toThrow("not authorized");
    authorizer.forget();
    await expect(asks(role, read)).resolves.toBeUndefined();
    await asks(role, read);
    expect(iam.commandCalls(ListRolePoliciesCommand)).toHaveLength(2);
  });
});
