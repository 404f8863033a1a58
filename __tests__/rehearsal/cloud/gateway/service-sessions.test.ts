import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import type { EmulatorBackdoor } from "../../../../rehearsal/cloud/emulator/backdoor";
import { ServiceSessions } from "../../../../rehearsal/cloud/gateway/service-sessions";

const roleArn = "arn:aws:iam::111122223333:role/service-role/builder";
const credentials = { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token" };

const iam = mockClient(IAMClient);
const session = jest.fn((_role: string, _name: string) => Promise.resolve(credentials));
const sessions = new ServiceSessions(
  new IAMClient({ region: "eu-west-1" }),
  { session } as unknown as EmulatorBackdoor,
  "111122223333",
);

/** The role's trust policy. */
function trust(statement: object): void {
  const document = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...statement }],
  };
  iam
    .on(GetRoleCommand, { RoleName: "builder" })
    .resolves({ Role: { AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(document)) } as never });
}

beforeEach(() => {
  iam.reset();
  session.mockClear();
});
afterAll(() => iam.restore());

const codeBuild = { Principal: { Service: "codebuild.amazonaws.com" } };
const fromAccount = (id: string) => ({ Condition: { StringEquals: { "aws:SourceAccount": id } } });

describe("a service", () => {
  it("gets credentials of a role that trusts it", async () => {
    trust(codeBuild);
    await expect(sessions.assume(roleArn, "codebuild.amazonaws.com", "AWSCodeBuild")).resolves.toBe(
      credentials,
    );
    expect(session).toHaveBeenCalledWith("builder", "AWSCodeBuild");
  });

  it("acts for this account, which a trust policy may insist on", async () => {
    trust({ ...codeBuild, ...fromAccount("111122223333") });
    await expect(sessions.assume(roleArn, "codebuild.amazonaws.com", "s")).resolves.toBe(credentials);
  });

  it.each([
    ["trusts another service", { Principal: { Service: "lambda.amazonaws.com" } }],
    ["trusts a role only", { Principal: { AWS: "arn:aws:iam::111122223333:role/pipeline" } }],
    ["trusts it for another account", { ...codeBuild, ...fromAccount("999999999999") }],
    ["refuses it", { ...codeBuild, Effect: "Deny" }],
  ])("gets none of a role that %s", async (_, statement) => {
    trust(statement);
    await expect(sessions.assume(roleArn, "codebuild.amazonaws.com", "s")).rejects.toMatchObject({
      code: "AccessDenied",
      status: 403,
      message: `codebuild.amazonaws.com is not authorized to assume role ${roleArn}`,
    });
    expect(session).not.toHaveBeenCalled();
  });

  it("gets none of a role that is not there", async () => {
    iam.on(GetRoleCommand).rejects(new Error("The role with name builder cannot be found."));
    await expect(sessions.assume(roleArn, "codebuild.amazonaws.com", "s")).rejects.toMatchObject({
      code: "AccessDenied",
      message: `Role ${roleArn} can't be assumed: The role with name builder cannot be found.`,
    });
  });

  it("names its session with what STS takes", async () => {
    trust(codeBuild);
    await sessions.assume(roleArn, "codebuild.amazonaws.com", `hello:build/${"x".repeat(80)}`);
    expect(session.mock.calls[0]![1]).toBe(`hello-build-${"x".repeat(52)}`);
  });
});
