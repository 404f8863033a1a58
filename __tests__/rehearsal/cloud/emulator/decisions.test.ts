import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { strToU8, zipSync } from "fflate";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud } from "../../../../rehearsal/cloud/cloud";
import type { CallDecision } from "../../../../rehearsal/cloud/gateway/call-record";
import { type LocalCloud, startLocalCloud } from "../../../../rehearsal/cloud/local-cloud";
import { readCalls } from "../../../../rehearsal/report/permissions/calls";
import { cacheDirectory } from "../../../../rehearsal/workspace";
import { until } from "../../../support/until";

const accountId = "111122223333";
const region = "eu-west-1";
const directory = mkdtempSync(join(tmpdir(), "decisions-"));
const own = (service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;

let cloud: Cloud;
let local: LocalCloud;
/** Whoever made everything here: the account itself. */
let root: { region: string; endpoint: string; credentials: object };
let keyArn: string;

beforeAll(async () => {
  local = await startLocalCloud(
    { projectDirectory: process.cwd(), directory, cacheDirectory, accountId, region },
    (made) => {
      cloud = made;
      return { parts: [], extras: () => undefined, git: () => Promise.reject(new Error("no repositories")) };
    },
  );
  const credentials = { accessKeyId: accountId, secretAccessKey: "any" };
  root = { region, endpoint: local.endpoint, credentials };
  const s3 = s3Of(root);
  keyArn = (await new KMSClient(client()).send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
  for (const Bucket of ["plain", "encrypted"]) await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(
    new PutBucketVersioningCommand({
      Bucket: "plain",
      VersioningConfiguration: { Status: "Enabled" },
    }),
  );
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket: "encrypted",
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn },
          },
        ],
      },
    }),
  );
  for (const Bucket of ["plain", "encrypted"])
    for (const Key of ["a", "secret/b", "shared/c"])
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  await new SSMClient(client()).send(
    new PutParameterCommand({ Name: "/shop/a", Value: "1", Type: "String" }),
  );
  await new CloudWatchLogsClient(client()).send(new CreateLogGroupCommand({ logGroupName: "/shop/log" }));
}, 300_000);
afterAll(async () => {
  await local.close();
  rmSync(directory, { recursive: true, force: true });
});

const client = (): { region: string; endpoint: string } => root;
const s3Of = (options: object): S3Client => new S3Client({ ...options, forcePathStyle: true });

interface Statement {
  readonly Effect?: "Deny";
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: object;
}

/** A session of a new role that has these permissions. */
async function sessionOf(role: string, ...statements: readonly Statement[]) {
  const iam = new IAMClient(client());
  const document = (entries: readonly object[]): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: entries.map((entry) => ({ Effect: "Allow", ...entry })),
    });
  const trust = [
    {
      Principal: { AWS: `arn:aws:iam::${accountId}:root`, Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ];
  await iam.send(new CreateRoleCommand({ RoleName: role, AssumeRolePolicyDocument: document(trust) }));
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: role,
      PolicyName: "permissions",
      PolicyDocument: document(statements),
    }),
  );
  const { Credentials } = await new STSClient(client()).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${accountId}:role/${role}`, RoleSessionName: "one" }),
  );
  const credentials = {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  };
  return { ...root, credentials, maxAttempts: 1 };
}

const decisions = (): CallDecision[] => readCalls(join(directory, "calls.jsonl"));
/** What was decided about a role: action, resource and decision, in their order. */
const of = (role: string): string[] =>
  decisions()
    .filter(({ principal }) => principal.startsWith(`arn:aws:sts::${accountId}:assumed-role/${role}/`))
    .map(({ action, resource, decision }) => `${decision} ${action} ${resource}`);
const refused = { name: expect.stringMatching(/^AccessDenied/) as string };

describe("the record of the emulator's decisions", () => {
  it("holds who did what, to what, when, and that it was allowed", async () => {
    const before = new Date().toISOString();
    const options = await sessionOf("reader", { Action: "s3:GetObject", Resource: "arn:aws:s3:::plain/*" });
    await s3Of(options).send(new GetObjectCommand({ Bucket: "plain", Key: "a" }));
    const [call] = decisions().filter(({ principal }) => principal.includes("/reader/"));
    expect(call).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      principal: `arn:aws:sts::${accountId}:assumed-role/reader/one`,
      action: "s3:GetObject",
      resource: "arn:aws:s3:::plain/a",
      decision: "allowed",
      servedBy: "emulator",
    });
    expect(call!.time >= before).toBe(true);
  });

  it("holds what no policy allows", async () => {
    const options = await sessionOf("nobody", { Action: "s3:GetObject", Resource: "arn:aws:s3:::other/*" });
    await expect(
      s3Of(options).send(new GetObjectCommand({ Bucket: "plain", Key: "a" })),
    ).rejects.toMatchObject(refused);
    expect(of("nobody")).toEqual(["denied s3:GetObject arn:aws:s3:::plain/a"]);
  });

  it("holds what a policy denies although another one allows it", async () => {
    const options = await sessionOf(
      "restricted",
      { Action: "ssm:*", Resource: "*" },
      { Effect: "Deny", Action: "ssm:GetParameter", Resource: own("ssm", "parameter/shop/a") },
    );
    const read = new SSMClient(options).send(new GetParameterCommand({ Name: "/shop/a" }));
    await expect(read).rejects.toMatchObject(refused);
    expect(of("restricted")).toEqual([`denied ssm:GetParameter ${own("ssm", "parameter/shop/a")}`]);
  });

  it("holds what a condition decides, either way", async () => {
    const options = await sessionOf("lister", {
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::plain",
      Condition: { StringLike: { "s3:prefix": "shared/*" } },
    });
    const list = (Prefix: string) =>
      s3Of(options).send(new ListObjectsV2Command({ Bucket: "plain", Prefix }));
    await list("shared/");
    await expect(list("secret/")).rejects.toMatchObject(refused);
    expect(of("lister")).toEqual([
      "allowed s3:ListBucket arn:aws:s3:::plain",
      "denied s3:ListBucket arn:aws:s3:::plain",
    ]);
  });

  it("holds what the bucket's policy decides, either way", async () => {
    const options = await sessionOf("guest", {
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::plain/secret/*",
    });
    const Principal = { AWS: `arn:aws:iam::${accountId}:role/guest` };
    const statement = (Effect: string, prefix: string): object => ({
      Effect,
      Principal,
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::plain/${prefix}/*`,
    });
    await s3Of(root).send(
      new PutBucketPolicyCommand({
        Bucket: "plain",
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [statement("Allow", "shared"), statement("Deny", "secret")],
        }),
      }),
    );
    await s3Of(options).send(new GetObjectCommand({ Bucket: "plain", Key: "shared/c" }));
    const secret = s3Of(options).send(new GetObjectCommand({ Bucket: "plain", Key: "secret/b" }));
    await expect(secret).rejects.toMatchObject(refused);
    expect(of("guest")).toEqual([
      "allowed s3:GetObject arn:aws:s3:::plain/shared/c",
      "denied s3:GetObject arn:aws:s3:::plain/secret/b",
    ]);
  });

  it("calls a read of a version by its own action", async () => {
    const options = await sessionOf("archivist", {
      Action: "s3:GetObjectVersion",
      Resource: "arn:aws:s3:::plain/*",
    });
    const { VersionId } = await s3Of(root).send(new GetObjectCommand({ Bucket: "plain", Key: "a" }));
    await s3Of(options).send(new GetObjectCommand({ Bucket: "plain", Key: "a", VersionId }));
    await expect(
      s3Of(options).send(new GetObjectCommand({ Bucket: "plain", Key: "a" })),
    ).rejects.toMatchObject(refused);
    expect(of("archivist")).toEqual([
      "allowed s3:GetObjectVersion arn:aws:s3:::plain/a",
      "denied s3:GetObject arn:aws:s3:::plain/a",
    ]);
  });

  it("holds what calls to KMS, logs and Systems Manager are about", async () => {
    const options = await sessionOf(
      "worker",
      { Action: "kms:DescribeKey", Resource: keyArn },
      { Action: "logs:*", Resource: `${own("logs", "log-group:/shop/log")}:*` },
      { Action: "ssm:GetParameter", Resource: own("ssm", "parameter/shop/*") },
    );
    const stream = { logGroupName: "/shop/log", logStreamName: "one" };
    const logs = new CloudWatchLogsClient(options);
    await new KMSClient(options).send(new DescribeKeyCommand({ KeyId: keyArn }));
    await logs.send(new CreateLogStreamCommand(stream));
    await logs.send(
      new PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message: "hello" }] }),
    );
    await new SSMClient(options).send(new GetParameterCommand({ Name: "/shop/a" }));
    expect(of("worker")).toEqual([
      `allowed kms:DescribeKey ${keyArn}`,
      `allowed logs:CreateLogStream ${own("logs", "log-group:/shop/log:log-stream:one")}`,
      `allowed logs:PutLogEvents ${own("logs", "log-group:/shop/log:log-stream:one")}`,
      `allowed ssm:GetParameter ${own("ssm", "parameter/shop/a")}`,
    ]);
  });

  it("holds nothing of the cloud's own bookkeeping", async () => {
    const before = decisions().length;
    await cloud.backend.ssm.send(new GetParameterCommand({ Name: "/shop/a" }));
    expect(decisions()).toHaveLength(before);
  });
});

describe("decisions that the emulator leaves out", () => {
  const objects = { Resource: "arn:aws:s3:::encrypted/*" };

  it("are taken about the key of an encrypted bucket's objects", async () => {
    const options = await sessionOf(
      "keyholder",
      { Action: "s3:*", ...objects },
      { Action: "kms:Decrypt", Resource: keyArn },
    );
    await s3Of(options).send(new GetObjectCommand({ Bucket: "encrypted", Key: "a" }));
    const write = s3Of(options).send(new PutObjectCommand({ Bucket: "encrypted", Key: "d", Body: "d" }));
    await expect(write).rejects.toMatchObject(refused);
    expect(of("keyholder")).toEqual([
      "allowed s3:GetObject arn:aws:s3:::encrypted/a",
      `allowed kms:Decrypt ${keyArn}`,
      "allowed s3:PutObject arn:aws:s3:::encrypted/d",
      `denied kms:GenerateDataKey ${keyArn}`,
    ]);
  });

  it("tell the key through which service it is used", async () => {
    const options = await sessionOf(
      "via-s3",
      { Action: "s3:GetObject", ...objects },
      {
        Action: "kms:Decrypt",
        Resource: keyArn,
        Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
      },
    );
    await s3Of(options).send(new GetObjectCommand({ Bucket: "encrypted", Key: "a" }));
    expect(of("via-s3")).toContain(`allowed kms:Decrypt ${keyArn}`);
  });

  it.each([
    ["logs-kept", "logs:*", "allowed"],
    ["logs-lost", "logs:DescribeLogGroups", "denied"],
  ])("are taken about the log of a function, whose role is %s", async (name, Action, decision) => {
    await sessionOf(name, { Action, Resource: "*" });
    const lambda = new LambdaClient(client());
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Role: `arn:aws:iam::${accountId}:role/${name}`,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Code: {
          ZipFile: zipSync({ "index.js": strToU8("exports.handler = async () => { console.log(1); };") }),
        },
      }),
    );
    const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: name }));
    expect(FunctionError).toBeUndefined();
    const made = await until(
      () => of(name),
      ({ length }) => length > 0,
    );
    expect(made[0]).toMatch(
      new RegExp(
        `^${decision} logs:CreateLogStream ${own("logs", `log-group:/aws/lambda/${name}:log-stream:`)}`,
      ),
    );
  });
});
