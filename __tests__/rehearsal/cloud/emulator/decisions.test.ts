import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { strToU8, zipSync } from "fflate";
import { until } from "../../../support/until";
import { accountId, own, RecordedCloud, region } from "./recorded-cloud";

const cloud = new RecordedCloud();
beforeAll(() => cloud.start(), 300_000);
afterAll(() => cloud.stop());

const refused = { name: expect.stringMatching(/^AccessDenied/) as string };

describe("the record of the emulator's decisions", () => {
  it("holds who did what, to what, when, and that it was allowed", async () => {
    const before = new Date().toISOString();
    const options = await cloud.sessionOf("reader", {
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::plain/*",
    });
    await new S3Client(options).send(new GetObjectCommand({ Bucket: "plain", Key: "a" }));
    const [call] = cloud.decisions().filter(({ principal }) => principal.includes("/reader/"));
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
    const options = await cloud.sessionOf("nobody", {
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::other/*",
    });
    await expect(
      new S3Client(options).send(new GetObjectCommand({ Bucket: "plain", Key: "a" })),
    ).rejects.toMatchObject(refused);
    expect(cloud.of("nobody")).toEqual(["denied s3:GetObject arn:aws:s3:::plain/a"]);
  });

  it("holds what a policy denies although another one allows it", async () => {
    const options = await cloud.sessionOf(
      "restricted",
      { Action: "ssm:*", Resource: "*" },
      { Effect: "Deny", Action: "ssm:GetParameter", Resource: own("ssm", "parameter/shop/a") },
    );
    const read = new SSMClient(options).send(new GetParameterCommand({ Name: "/shop/a" }));
    await expect(read).rejects.toMatchObject(refused);
    expect(cloud.of("restricted")).toEqual([`denied ssm:GetParameter ${own("ssm", "parameter/shop/a")}`]);
  });

  it("holds what a condition decides, either way", async () => {
    const options = await cloud.sessionOf("lister", {
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::plain",
      Condition: { StringLike: { "s3:prefix": "shared/*" } },
    });
    const list = (Prefix: string) =>
      new S3Client(options).send(new ListObjectsV2Command({ Bucket: "plain", Prefix }));
    await list("shared/");
    await expect(list("secret/")).rejects.toMatchObject(refused);
    expect(cloud.of("lister")).toEqual([
      "allowed s3:ListBucket arn:aws:s3:::plain",
      "denied s3:ListBucket arn:aws:s3:::plain",
    ]);
  });

  it("holds what the bucket's policy decides, either way", async () => {
    const options = await cloud.sessionOf("guest", {
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
    await new S3Client(cloud.root).send(
      new PutBucketPolicyCommand({
        Bucket: "plain",
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [statement("Allow", "shared"), statement("Deny", "secret")],
        }),
      }),
    );
    await new S3Client(options).send(new GetObjectCommand({ Bucket: "plain", Key: "shared/c" }));
    const secret = new S3Client(options).send(new GetObjectCommand({ Bucket: "plain", Key: "secret/b" }));
    await expect(secret).rejects.toMatchObject(refused);
    expect(cloud.of("guest")).toEqual([
      "allowed s3:GetObject arn:aws:s3:::plain/shared/c",
      "denied s3:GetObject arn:aws:s3:::plain/secret/b",
    ]);
  });

  it("calls a read of a version by its own action", async () => {
    const options = await cloud.sessionOf("archivist", {
      Action: "s3:GetObjectVersion",
      Resource: "arn:aws:s3:::plain/*",
    });
    const { VersionId } = await new S3Client(cloud.root).send(
      new GetObjectCommand({ Bucket: "plain", Key: "a" }),
    );
    await new S3Client(options).send(new GetObjectCommand({ Bucket: "plain", Key: "a", VersionId }));
    await expect(
      new S3Client(options).send(new GetObjectCommand({ Bucket: "plain", Key: "a" })),
    ).rejects.toMatchObject(refused);
    expect(cloud.of("archivist")).toEqual([
      "allowed s3:GetObjectVersion arn:aws:s3:::plain/a",
      "denied s3:GetObject arn:aws:s3:::plain/a",
    ]);
  });

  it("holds what calls to KMS, logs and Systems Manager are about", async () => {
    const options = await cloud.sessionOf(
      "worker",
      { Action: "kms:DescribeKey", Resource: cloud.keyArn },
      { Action: "logs:*", Resource: `${own("logs", "log-group:/shop/log")}:*` },
      { Action: "ssm:GetParameter", Resource: own("ssm", "parameter/shop/*") },
    );
    const stream = { logGroupName: "/shop/log", logStreamName: "one" };
    const logs = new CloudWatchLogsClient(options);
    await new KMSClient(options).send(new DescribeKeyCommand({ KeyId: cloud.keyArn }));
    await logs.send(new CreateLogStreamCommand(stream));
    await logs.send(
      new PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message: "hello" }] }),
    );
    await new SSMClient(options).send(new GetParameterCommand({ Name: "/shop/a" }));
    expect(cloud.of("worker")).toEqual([
      `allowed kms:DescribeKey ${cloud.keyArn}`,
      `allowed logs:CreateLogStream ${own("logs", "log-group:/shop/log:log-stream:one")}`,
      `allowed logs:PutLogEvents ${own("logs", "log-group:/shop/log:log-stream:one")}`,
      `allowed ssm:GetParameter ${own("ssm", "parameter/shop/a")}`,
    ]);
  });

  it("holds nothing of the cloud's own bookkeeping", async () => {
    const before = cloud.decisions().length;
    await cloud.cloud.backend.ssm.send(new GetParameterCommand({ Name: "/shop/a" }));
    expect(cloud.decisions()).toHaveLength(before);
  });
});

describe("decisions that the emulator leaves out", () => {
  const objects = { Resource: "arn:aws:s3:::encrypted/*" };

  it("are taken about the key of an encrypted bucket's objects", async () => {
    const options = await cloud.sessionOf(
      "keyholder",
      { Action: "s3:*", ...objects },
      { Action: "kms:Decrypt", Resource: cloud.keyArn },
    );
    await new S3Client(options).send(new GetObjectCommand({ Bucket: "encrypted", Key: "a" }));
    const write = new S3Client(options).send(
      new PutObjectCommand({ Bucket: "encrypted", Key: "d", Body: "d" }),
    );
    await expect(write).rejects.toMatchObject(refused);
    expect(cloud.of("keyholder")).toEqual([
      "allowed s3:GetObject arn:aws:s3:::encrypted/a",
      `allowed kms:Decrypt ${cloud.keyArn}`,
      "allowed s3:PutObject arn:aws:s3:::encrypted/d",
      `denied kms:GenerateDataKey ${cloud.keyArn}`,
    ]);
  });

  it("tell the key through which service it is used", async () => {
    const options = await cloud.sessionOf(
      "via-s3",
      { Action: "s3:GetObject", ...objects },
      {
        Action: "kms:Decrypt",
        Resource: cloud.keyArn,
        Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
      },
    );
    await new S3Client(options).send(new GetObjectCommand({ Bucket: "encrypted", Key: "a" }));
    expect(cloud.of("via-s3")).toContain(`allowed kms:Decrypt ${cloud.keyArn}`);
  });

  it.each([
    ["logs-kept", "logs:*", "allowed"],
    ["logs-lost", "logs:DescribeLogGroups", "denied"],
  ])("are taken about the log of a function, whose role is %s", async (name, Action, decision) => {
    await cloud.sessionOf(name, { Action, Resource: "*" });
    const lambda = new LambdaClient(cloud.root);
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
      () => cloud.of(name),
      ({ length }) => length > 0,
    );
    expect(made[0]).toMatch(
      new RegExp(
        `^${decision} logs:CreateLogStream ${own("logs", `log-group:/aws/lambda/${name}:log-stream:`)}`,
      ),
    );
  });
});
