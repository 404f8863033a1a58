import { CodeCommitClient, CreateRepositoryCommand, GetBranchCommand } from "@aws-sdk/client-codecommit";
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  DeleteServiceSpecificCredentialCommand,
  DeleteUserCommand,
  IAMClient,
  ListServiceSpecificCredentialsCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  ResetServiceSpecificCredentialCommand,
  UpdateServiceSpecificCredentialCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../../../rehearsal/workspace";
import { accountId } from "../../../support/configuration";
import { RunningCloud } from "../../../support/running-cloud";

const run = promisify(execFile);
const helper = join(__dirname, "git_credential_helper.py");
const python = join(cacheDirectory, "emulator/bin/python");
const repository = `arn:aws:codecommit:*:*:shop`;
const policy = (...actions: string[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: repository }],
  });

jest.setTimeout(120_000);

/** git itself, against the whole local cloud: nobody is let in but whom IAM knows. */
describe("git", () => {
  let cloud: RunningCloud;
  let iam: IAMClient;
  let work: string;
  let commits = 0;

  beforeAll(async () => {
    cloud = await RunningCloud.start();
    iam = new IAMClient(cloud.client);
    await new CodeCommitClient(cloud.client).send(new CreateRepositoryCommand({ repositoryName: "shop" }));
    for (const [UserName, actions] of [
      ["ada", ["codecommit:GitPull", "codecommit:GitPush"]],
      ["reader", ["codecommit:GitPull"]],
    ] as const) {
      await iam.send(new CreateUserCommand({ UserName }));
      const PolicyDocument = policy(...actions);
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "git", PolicyDocument }));
    }
    work = join(cloud.directory, "work");
    mkdirSync(work);
    await git(["init", "--quiet", "--initial-branch=main"]);
  });
  afterAll(() => cloud.stop());

  /** Without anything that this machine knows of AWS or git. */
  const git = async (words: string[], environment: NodeJS.ProcessEnv = {}) =>
    run("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...words], {
      cwd: work,
      env: {
        PATH: process.env.PATH,
        HOME: cloud.directory,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
        NO_PROXY: "127.0.0.1",
        ...environment,
      },
    });
  const url = (userName = "", password = ""): string => {
    const location = new URL(`${cloud.process.endpoint}/v1/repos/shop`);
    location.username = encodeURIComponent(userName);
    location.password = encodeURIComponent(password);
    return location.href;
  };
  /** A new commit, pushed. */
  const push = async (remote: string, settings: string[] = [], environment: NodeJS.ProcessEnv = {}) => {
    await git(["commit", "--quiet", "--allow-empty", "-m", `commit ${++commits}`]);
    await git([...settings, "push", "--quiet", remote, "main"], environment);
    const { branch } = await new CodeCommitClient(cloud.client).send(
      new GetBranchCommand({ repositoryName: "shop", branchName: "main" }),
    );
    expect(branch!.commitId).toBe((await git(["rev-parse", "HEAD"])).stdout.trim());
  };
  /** With a credential helper that signs by the credentials given, as the AWS CLI's. */
  const signed = (accessKeyId: string, secretAccessKey: string, sessionToken?: string) =>
    [
      ["-c", `credential.helper=!${python} ${helper}`, "-c", "credential.useHttpPath=true"],
      {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_REGION: cloud.client.region,
        AWS_DEFAULT_REGION: cloud.client.region,
        ...(sessionToken ? { AWS_SESSION_TOKEN: sessionToken } : {}),
      },
    ] as const;
  const keyOf = async (UserName: string) =>
    (await iam.send(new CreateAccessKeyCommand({ UserName }))).AccessKey!;
  const credentialsOf = async (UserName: string) =>
    (
      await iam.send(
        new CreateServiceSpecificCredentialCommand({ UserName, ServiceName: "codecommit.amazonaws.com" }),
      )
    ).ServiceSpecificCredential!;

  it("pushes with the signature of a user's key", async () => {
    const key = await keyOf("ada");
    const [settings, environment] = signed(key.AccessKeyId!, key.SecretAccessKey!);
    await push(url(), [...settings], environment);
  });

  it("pushes with the signature of a role's session", async () => {
    const trust = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: `arn:aws:iam::${accountId}:root` } },
      ],
    };
    const RoleName = "pusher";
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    const PolicyDocument = policy("codecommit:GitPull", "codecommit:GitPush");
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "git", PolicyDocument }));
    const { Credentials } = await new STSClient(cloud.client).send(
      new AssumeRoleCommand({ RoleArn: Role!.Arn, RoleSessionName: "git" }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
    const [settings, environment] = signed(AccessKeyId!, SecretAccessKey!, SessionToken);
    await push(url(), [...settings], environment);
  });

  it("is refused with the signature of another secret", async () => {
    const key = await keyOf("ada");
    const [settings, environment] = signed(key.AccessKeyId!, "another");
    await expect(push(url(), [...settings], environment)).rejects.toThrow(/403/);
  });

  it("is refused with a signature of 20 minutes ago", async () => {
    const key = await keyOf("ada");
    const [settings, environment] = signed(key.AccessKeyId!, key.SecretAccessKey!);
    const late = { ...environment, MINUTES_AGO: "20" };
    await expect(push(url(), [...settings], late)).rejects.toThrow(/403/);
  });

  it("pushes with the user name and password that IAM makes for git", async () => {
    const { ServiceUserName, ServicePassword } = await credentialsOf("ada");
    expect(ServiceUserName).toBe(`ada-at-${accountId}`);
    await push(url(ServiceUserName, ServicePassword));
    await expect(push(url(ServiceUserName, "another"))).rejects.toThrow(/403/);
  });

  it("is refused what the user may not do", async () => {
    const { ServiceUserName, ServicePassword } = await credentialsOf("reader");
    const remote = url(ServiceUserName, ServicePassword);
    expect((await git(["ls-remote", remote])).stdout).toContain("refs/heads/main");
    await expect(push(remote)).rejects.toThrow(/403/);
  });

  it("is refused with a password that was reset, made inactive or deleted", async () => {
    const { ServiceUserName, ServicePassword, ServiceSpecificCredentialId } = await credentialsOf("reader");
    expect(ServiceUserName).toBe(`reader+1-at-${accountId}`);
    const look = (password: string | undefined) => git(["ls-remote", url(ServiceUserName, password)]);
    await look(ServicePassword);
    const reset = await iam.send(new ResetServiceSpecificCredentialCommand({ ServiceSpecificCredentialId }));
    await expect(look(ServicePassword)).rejects.toThrow(/403/);
    const password = reset.ServiceSpecificCredential!.ServicePassword;
    await look(password);
    const status = (Status: "Active" | "Inactive") =>
      iam.send(new UpdateServiceSpecificCredentialCommand({ ServiceSpecificCredentialId, Status }));
    await status("Inactive");
    await expect(look(password)).rejects.toThrow(/403/);
    await status("Active");
    await look(password);
    await iam.send(new DeleteServiceSpecificCredentialCommand({ ServiceSpecificCredentialId }));
    await expect(look(password)).rejects.toThrow(/403/);
  });

  it("has two such passwords for a user at most, and the user lasts as long as they do", async () => {
    await credentialsOf("reader");
    await expect(credentialsOf("reader")).rejects.toMatchObject({ name: "LimitExceededException" });
    const { ServiceSpecificCredentials } = await iam.send(
      new ListServiceSpecificCredentialsCommand({ UserName: "reader" }),
    );
    expect(ServiceSpecificCredentials).toHaveLength(2);
    await expect(iam.send(new DeleteUserCommand({ UserName: "reader" }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
  });
});
