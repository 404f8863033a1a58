import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { CodeCommitClient, GetBranchCommand } from "@aws-sdk/client-codecommit";
import { DescribeImagesCommand, DescribeLaunchTemplateVersionsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetImageCommand, ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterHistoryCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Operation } from "../../../../rehearsal/cloud/api/service";
import type { FaultReport, FaultRule } from "../../../../rehearsal/cloud/faults/fault";
import { modelOf } from "../../../support/test-cloud";
import { until } from "../../../support/until";
import { FaultyGateway } from "./faulty-gateway";

const cloud = new FaultyGateway();
const answering = (output: unknown): Operation<unknown, unknown> => ({
  permissions: () => [],
  run: () => output,
});
const imageArn = "arn:aws:imagebuilder:eu-west-1:111122223333:image/shop/1.0.0/1";

beforeAll(() =>
  cloud.start([
    {
      name: "codecommit",
      model: modelOf("codecommit"),
      operations: { GetBranch: answering({ branch: { commitId: "c1" } }) },
    },
    {
      name: "imagebuilder",
      model: modelOf("imagebuilder"),
      operations: { GetImage: answering({ image: { arn: imageArn } }) },
    },
    {
      name: "autoscaling",
      model: modelOf("autoscaling"),
      operations: { DescribeAutoScalingGroups: answering({ AutoScalingGroups: [] }) },
    },
  ]),
);
afterAll(() => cloud.stop());
beforeEach(async () => {
  cloud.reached.length = 0;
  cloud.answer = () => "{}";
  await cloud.control("DELETE", "test");
});

const plan = (...rules: FaultRule[]) =>
  cloud.control("PUT", "test", { principals: [":assumed-role/shop/"], rules });
const report = async () => (await cloud.control("GET", "test")).answer as unknown as FaultReport;

/** A call to each kind of protocol, by the role `shop` unless told. */
const calls = {
  ssm: (key = "shop", attempts = 1) =>
    new SSMClient(cloud.as(key, attempts)).send(
      new PutParameterCommand({ Name: "/shop", Value: "1", Overwrite: true }),
    ),
  ec2: () => new EC2Client(cloud.as("shop")).send(new DescribeImagesCommand({})),
  s3: () =>
    new S3Client({ ...cloud.as("shop"), forcePathStyle: true }).send(
      new GetObjectCommand({ Bucket: "shop", Key: "a/key" }),
    ),
  imagebuilder: () =>
    new ImagebuilderClient(cloud.as("shop")).send(new GetImageCommand({ imageBuildVersionArn: imageArn })),
  codecommit: () =>
    new CodeCommitClient(cloud.as("shop")).send(
      new GetBranchCommand({ repositoryName: "shop", branchName: "main" }),
    ),
  autoscaling: () => new AutoScalingClient(cloud.as("shop")).send(new DescribeAutoScalingGroupsCommand({})),
} as const;

it.each([
  ["ssm", "throttle", "ThrottlingException"],
  ["ssm", "fail", "InternalServerError"],
  ["ssm", "expire", "ExpiredTokenException"],
  ["ec2", "throttle", "RequestLimitExceeded"],
  ["ec2", "fail", "InternalError"],
  ["ec2", "expire", "RequestExpired"],
  ["s3", "throttle", "SlowDown"],
  ["s3", "fail", "InternalError"],
  ["s3", "expire", "ExpiredToken"],
  ["imagebuilder", "throttle", "CallRateLimitExceededException"],
  ["imagebuilder", "fail", "ServiceException"],
  ["imagebuilder", "expire", "ExpiredTokenException"],
  ["codecommit", "throttle", "ThrottlingException"],
  ["codecommit", "fail", "InternalFailure"],
  ["autoscaling", "throttle", "Throttling"],
  ["autoscaling", "expire", "ExpiredToken"],
] as const)("a call to %s that is to %s meets %s, and is not carried out", async (service, kind, name) => {
  await plan({ kind });
  await expect(calls[service]()).rejects.toMatchObject({ name });
  expect(cloud.reached).toEqual([]);
  expect((await report()).met).toEqual([true]);
});

describe("which call", () => {
  it("meets a fault is told by caller, service, operation, order and what came before", async () => {
    const ssm = new SSMClient(cloud.as("shop"));
    const history = () => ssm.send(new GetParameterHistoryCommand({ Name: "/shop" }));
    await plan({
      kind: "throttle",
      service: "ssm",
      operation: "GetParameterHistory",
      after: "PutParameter",
      nth: 2,
    });
    await history();
    await history();
    await calls.ssm();
    await calls.ssm("somebody-else");
    await history();
    await expect(history()).rejects.toThrow("Rate exceeded");
    await history();
    expect((await report()).calls.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      "GetParameterHistory 200",
      "GetParameterHistory 200",
      "PutParameter 200",
      "GetParameterHistory 200",
      "GetParameterHistory 400",
      "GetParameterHistory 200",
    ]);
  });

  it("is one, so that a client that tries again gets through", async () => {
    await plan({ kind: "throttle" }, { kind: "fail", nth: 2 });
    await calls.ssm("shop", 3);
    expect((await report()).calls.map(({ status }) => status)).toEqual([400, 500, 200]);
  });

  it("names what the emulator serves", async () => {
    cloud.answer = () => "<Response/>";
    await plan();
    await calls.s3();
    await calls.ec2();
    expect((await report()).calls.map(({ service, operation }) => `${service}:${operation}`)).toEqual([
      "s3:GetObject",
      "ec2:DescribeImages",
    ]);
  });
});

it("refuses every later call with credentials that have expired, and no other", async () => {
  await plan({ kind: "expire" });
  await expect(calls.ssm()).rejects.toThrow("expired");
  await expect(calls.codecommit()).rejects.toThrow("expired");
  await calls.ssm("somebody-else");
});

it("answers with any error that is asked for", async () => {
  await plan({ kind: "refuse", code: "TooManyUpdates", message: "too fast", status: 400 });
  await expect(calls.ssm()).rejects.toMatchObject({ name: "TooManyUpdates", message: "too fast" });
});

describe("a connection", () => {
  it("breaks after the call was carried out", async () => {
    await plan({ kind: "drop" });
    await expect(calls.ssm()).rejects.toThrow("socket hang up");
    expect(cloud.reached).toHaveLength(1);
  });

  it("is held until the plan is cancelled, and then breaks", async () => {
    await plan({ kind: "hold" });
    const held = expect(calls.ssm()).rejects.toThrow("socket hang up");
    await until(report, ({ met }) => met[0] === true);
    expect(cloud.reached).toHaveLength(1);
    await cloud.control("DELETE", "test");
    await held;
  });
});

describe("a stale read", () => {
  const ssm = () => new SSMClient(cloud.as("shop"));
  const history = async (Name: string) =>
    (await ssm().send(new GetParameterHistoryCommand({ Name }))).Parameters?.map(({ Value }) => Value);
  const holds = (...values: string[]) => {
    cloud.answer = () => JSON.stringify({ Parameters: values.map((Value) => ({ Value })) });
  };

  it("answers as before the last write", async () => {
    await plan({ kind: "stale", nth: 2 });
    holds("one");
    expect(await history("/stale")).toEqual(["one"]);
    holds("one", "two");
    expect(await history("/stale")).toEqual(["one"]);
    expect(await history("/stale")).toEqual(["one", "two"]);
    expect((await report()).met).toEqual([true]);
  });

  it("is none where there was no write since the plan was made", async () => {
    holds("old");
    await plan();
    await history("/settled");
    await plan({ kind: "stale" });
    holds("new");
    expect(await history("/settled")).toEqual(["new"]);
    expect((await report()).met).toEqual([false]);
  });

  it.each([
    ["Image Builder", () => calls.imagebuilder(), "ResourceNotFoundException"],
    [
      "EC2, for an AMI",
      () => new EC2Client(cloud.as("shop")).send(new DescribeImagesCommand({ ImageIds: ["ami-1"] })),
      "InvalidAMIID.NotFound",
    ],
    [
      "EC2, for a launch template version",
      () =>
        new EC2Client(cloud.as("shop")).send(
          new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: "shop", Versions: ["2"] }),
        ),
      "InvalidLaunchTemplateId.VersionNotFound",
    ],
  ])("does not know what its caller has not asked for before: %s", async (_what, read, name) => {
    await plan({ kind: "stale" });
    await expect(read()).rejects.toMatchObject({ name });
    await read().catch((error: Error) => expect(error.name).not.toBe(name));
  });

  it("is none of services that are consistent", async () => {
    await plan({ kind: "stale" });
    await calls.s3();
    await calls.codecommit();
    expect((await report()).met).toEqual([false]);
  });
});

describe("an invocation", () => {
  const invoke = () =>
    new LambdaClient(cloud.as("shop")).send(
      new InvokeCommand({ FunctionName: "bake", InvocationType: "Event", Payload: Buffer.from("1") }),
    );

  it("is carried out twice", async () => {
    await plan({ kind: "repeat", operation: "Invoke", afterMilliseconds: 10 });
    await invoke();
    await until(
      () => cloud.reached.length,
      (count) => count === 2,
    );
  });

  it("is accepted at once and carried out later", async () => {
    await plan({ kind: "delay", operation: "Invoke", afterMilliseconds: 100 });
    expect((await invoke()).StatusCode).toBe(202);
    expect(cloud.reached).toEqual([]);
    await until(
      () => cloud.reached.length,
      (count) => count === 1,
    );
  });
});

describe("the control", () => {
  it.each([
    ["no JSON", "{"],
    ["a fault that does not exist", { principals: ["x"], rules: [{ kind: "burn" }] }],
    ["nobody", { principals: [], rules: [] }],
    ["a count from zero", { principals: ["x"], rules: [{ kind: "drop", nth: 0 }] }],
  ])("refuses %s", async (_what, body) => {
    const { status, answer } = await cloud.control("PUT", "test", body);
    expect(status).toBe(400);
    expect(answer.problems).toEqual(expect.any(String));
  });

  it("knows no plan that was not made or has been cancelled", async () => {
    await plan();
    await cloud.control("DELETE", "test");
    expect((await cloud.control("GET", "test")).status).toBe(404);
  });

  it("has no other methods", async () => expect((await cloud.control("POST", "test", {})).status).toBe(405));
});
