import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CodeCommitClient, GetBranchCommand, GetCommitCommand } from "@aws-sdk/client-codecommit";
import {
  DeregisterImageCommand,
  DescribeTagsCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  DeregisterTargetsCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Call, Operation, Permission } from "../../../../rehearsal/cloud/api/service";
import { ServiceError } from "../../../../rehearsal/cloud/api/service-error";
import type { EmulatorBackdoor } from "../../../../rehearsal/cloud/emulator/backdoor";
import { Faults } from "../../../../rehearsal/cloud/faults/faults";
import { freePort } from "../../../../rehearsal/cloud/free-port";
import { Callers } from "../../../../rehearsal/cloud/gateway/callers";
import type { Ec2Decisions } from "../../../../rehearsal/cloud/gateway/ec2-decisions";
import { Gateway } from "../../../../rehearsal/cloud/gateway/gateway";
import type { IamAuthorizer } from "../../../../rehearsal/cloud/gateway/iam-authorizer";
import { modelOf } from "../../../support/test-cloud";

const accountId = "111122223333";
const region = "eu-west-1";
const user = `arn:aws:iam::${accountId}:user/ada`;
const secrets: Record<string, { arn: string; secretAccessKey: string }> = {
  [accountId]: { arn: `arn:aws:iam::${accountId}:root`, secretAccessKey: "unchecked" },
  AKIAUSER: { arn: user, secretAccessKey: "ada's" },
};

/** What has reached the emulator; it answers everything with an empty document, or as `answer` says. */
const reached: { request: IncomingMessage; body: string }[] = [];
let answer = { status: 200, body: "<Response/>" };
const emulator = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += String(chunk)));
  request.on("end", () => {
    reached.push({ request, body });
    response.writeHead(answer.status, { "content-type": "text/xml" }).end(answer.body);
  });
});

const asked: string[] = [];
const logged: string[] = [];
let forgotten = 0;
const denied = new Set<string>();
let ec2Permissions: Permission[] | undefined;

const authorizer = {
  async authorize(call: Call, { action, resource }: Permission) {
    asked.push(`${call.caller.arn} ${action} ${resource}`);
    if (denied.has(action))
      throw new ServiceError("AccessDeniedException", `not authorized to perform: ${action}`);
  },
  forget: () => (forgotten += 1),
};
const backdoor = {
  async keyOwner(accessKeyId: string) {
    const owner = secrets[accessKeyId];
    if (!owner)
      throw new ServiceError(
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        403,
      );
    return { ...owner, accessKeyId, accountId };
  },
};
const answering = (output: unknown, action: string): Operation<unknown, unknown> => ({
  permissions: () => [{ action, resource: "*" }],
  run: () => {
    if (output instanceof Error) throw output;
    return output;
  },
});

let gateway: Gateway;
let endpoint: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => emulator.listen(0, "127.0.0.1", resolve));
  gateway = new Gateway({
    emulatorPort: (emulator.address() as AddressInfo).port,
    services: [
      {
        name: "codecommit",
        model: modelOf("codecommit"),
        operations: {
          GetBranch: answering({ branch: { branchName: "main", commitId: "c1" } }, "codecommit:GetBranch"),
        },
      },
      {
        name: "elasticloadbalancing",
        model: modelOf("elbv2"),
        operations: {
          DescribeTargetHealth: answering(
            { TargetHealthDescriptions: [] },
            "elasticloadbalancing:DescribeTargetHealth",
          ),
          DeregisterTargets: answering(new Error("broken"), "elasticloadbalancing:DeregisterTargets"),
        },
      },
      { name: "monitoring", model: modelOf("cloudwatch"), operations: {} },
    ],
    callers: new Callers(backdoor as unknown as EmulatorBackdoor),
    authorizer: authorizer as unknown as IamAuthorizer,
    ec2: { permissionsOf: () => Promise.resolve(ec2Permissions) } as unknown as Ec2Decisions,
    accountId,
    region,
    extras: ({ url }) =>
      url.pathname === "/_local/hello"
        ? Promise.resolve({ status: 200, headers: {}, body: "hello" })
        : undefined,
    git: async (request, response, call) => void response.end(`${request.url} for ${call.caller.arn}`),
    faults: new Faults(() => undefined),
    log: (subject, text) => void logged.push(`${subject}: ${text}`),
  });
  const port = await freePort();
  await gateway.listen(port);
  endpoint = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  await gateway.close();
  emulator.closeAllConnections();
  await new Promise((resolve) => emulator.close(resolve));
});
beforeEach(() => {
  for (const list of [reached, asked, logged]) list.length = 0;
  denied.clear();
  ec2Permissions = undefined;
  answer = { status: 200, body: "<Response/>" };
});

const as = (accessKeyId: string, secretAccessKey = secrets[accessKeyId]?.secretAccessKey ?? "") => ({
  region,
  endpoint,
  credentials: { accessKeyId, secretAccessKey },
  maxAttempts: 1,
});
const branch = new GetBranchCommand({ repositoryName: "hello", branchName: "main" });

describe("a call of a service of ours", () => {
  it("is authorized and answered by the gateway alone", async () => {
    const { branch: found } = await new CodeCommitClient(as("AKIAUSER")).send(branch);
    expect(found).toEqual({ branchName: "main", commitId: "c1" });
    expect(asked).toEqual([`${user} codecommit:GetBranch *`]);
    expect(reached).toEqual([]);
  });

  it("never reaches the emulator, even when the operation is not served", async () => {
    const call = new GetCommitCommand({ repositoryName: "hello", commitId: "c1" });
    await expect(new CodeCommitClient(as("AKIAUSER")).send(call)).rejects.toThrow();
    expect(reached).toEqual([]);
  });

  it.each([
    ["an unknown key", "AKIANOBODY", "InvalidClientTokenId"],
    ["a wrong secret", "AKIAUSER", "InvalidSignatureException"],
  ])("is refused with %s", async (_, key, name) => {
    await expect(new CodeCommitClient(as(key, "guessed")).send(branch)).rejects.toMatchObject({ name });
    expect(asked).toEqual([]);
  });

  it("is refused when the caller may not do it", async () => {
    denied.add("codecommit:GetBranch");
    await expect(new CodeCommitClient(as("AKIAUSER")).send(branch)).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });
});

describe("a service that the emulator has too", () => {
  it("answers the operations that are ours", async () => {
    const health = new DescribeTargetHealthCommand({ TargetGroupArn: "arn:aws:elasticloadbalancing:x" });
    const { TargetHealthDescriptions } = await new ElasticLoadBalancingV2Client(as("AKIAUSER")).send(health);
    expect(TargetHealthDescriptions).toEqual([]);
    expect(reached).toEqual([]);
  });

  it.each([
    [
      "load balancing",
      () => new ElasticLoadBalancingV2Client(as("AKIAUSER")).send(new DescribeLoadBalancersCommand({})),
      "DescribeLoadBalancers",
    ],
    [
      "CloudWatch",
      () => new CloudWatchClient(as("AKIAUSER")).send(new DescribeAlarmsCommand({})),
      "DescribeAlarms",
    ],
  ])("of %s passes the others on, to be decided there", async (_, send, operation) => {
    await send().catch(() => undefined); // the toy emulator's answer means nothing to the SDK
    expect(reached).toHaveLength(1);
    const [{ request, body }] = reached as [(typeof reached)[number]];
    expect(`${request.headers["x-amz-target"]} ${body}`).toContain(operation);
    expect(asked).toEqual([]);
  });
});

describe("a call of any other service", () => {
  it("reaches the emulator as it was signed, and counts as sent by TLS", async () => {
    await new S3Client({ ...as("AKIAUSER"), forcePathStyle: true }).send(new ListBucketsCommand({}));
    expect(reached[0]!.request.headers).toMatchObject({
      host: endpoint.slice("http://".length),
      authorization: expect.stringContaining("Credential=AKIAUSER/") as string,
      "x-forwarded-proto": "https",
      "x-gateway-record": "true",
    });
  });

  it("is denied when the emulator denies it", async () => {
    answer = { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" };
    const buckets = new S3Client({ ...as("AKIAUSER"), forcePathStyle: true }).send(
      new ListBucketsCommand({}),
    );
    await expect(buckets).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("of IAM makes the authorizer forget the policies that it has read", async () => {
    const before = forgotten;
    const role = new CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument: "{}" });
    await new IAMClient(as(accountId)).send(role).catch(() => undefined);
    expect(forgotten).toBe(before + 1);
  });
});

describe("a call of EC2", () => {
  const deregister = new DeregisterImageCommand({ ImageId: "ami-1" });
  const permission = { action: "ec2:DeregisterImage", resource: "arn:aws:ec2:eu-west-1::image/ami-1" };

  it("that depends on tags is decided here and passed on in the account's name", async () => {
    ec2Permissions = [permission];
    await new EC2Client(as("AKIAUSER")).send(deregister);
    expect(asked).toEqual([`${user} ${permission.action} ${permission.resource}`]);
    const { headers } = reached[0]!.request;
    expect(headers.authorization).toContain(`Credential=${accountId}/`);
    // it is recorded here already, in the caller's name
    expect(headers).not.toHaveProperty("x-gateway-record");
    expect(reached[0]!.body).toContain("ImageId=ami-1");
    // the gateway has decided, and written down what
    expect(reached[0]!.request.headers).not.toHaveProperty("x-gateway-record");
  });

  it("is refused in EC2's own words", async () => {
    ec2Permissions = [permission];
    denied.add(permission.action);
    await expect(new EC2Client(as("AKIAUSER")).send(deregister)).rejects.toMatchObject({
      name: "UnauthorizedOperation",
      message:
        "You are not authorized to perform this operation. not authorized to perform: ec2:DeregisterImage",
    });
    expect(reached).toEqual([]);
  });

  it("that the emulator decides about keeps its signature", async () => {
    await new EC2Client(as("AKIAUSER")).send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }));
    expect(reached[0]!.request.headers.authorization).toContain("Credential=AKIAUSER/");
    expect(reached[0]!.request.headers).toHaveProperty("x-gateway-record");
  });

  it("of the account itself is never in question", async () => {
    ec2Permissions = [permission];
    await new EC2Client(as(accountId)).send(new DescribeTagsCommand({}));
    expect(asked).toEqual([]);
    expect(reached).toHaveLength(1);
  });
});

describe("what is no AWS API", () => {
  it("is answered by the parts of the cloud", async () => {
    expect(await (await fetch(`${endpoint}/_local/hello`)).text()).toBe("hello");
  });

  it.each(["/_gateway/credentials/AKIAUSER", "/_ministack/reset", "/_localstack/health"])(
    "is not there when it is a control of the emulator: %s",
    async (path) => {
      expect((await fetch(endpoint + path)).status).toBe(404);
      expect(reached).toEqual([]);
    },
  );

  it("passes to the emulator when it is not signed", async () => {
    await fetch(`${endpoint}/bucket/key`);
    expect(reached[0]!.request.url).toBe("/bucket/key");
  });
});

describe("git", () => {
  const url = () => `${endpoint}/v1/repos/hello/info/refs`;
  const basic = (text: string) => ({
    headers: { authorization: `Basic ${Buffer.from(text).toString("base64")}` },
  });

  it("is asked for credentials", async () => {
    const response = await fetch(url());
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Basic realm="codecommit"');
    expect(await response.text()).toContain("credential helper");
  });

  it("is served to the account itself with any password", async () => {
    expect(await (await fetch(url(), basic(`${accountId}:any`))).text()).toBe(
      `/v1/repos/hello/info/refs for arn:aws:iam::${accountId}:root`,
    );
  });

  it.each([
    ["a password that is no signature", "AKIAUSER:ada's"],
    ["a signature that does not fit", `AKIAUSER:20261124T100000Z${"0".repeat(64)}`],
    ["an unknown key", "AKIANOBODY:any"],
  ])("is refused with %s", async (_, credentials) => {
    expect((await fetch(url(), basic(credentials))).status).toBe(403);
  });
});

it("answers a failure of its own as the service would, and logs it", async () => {
  const deregister = new DeregisterTargetsCommand({
    TargetGroupArn: "arn:aws:elasticloadbalancing:x",
    Targets: [],
  });
  await expect(new ElasticLoadBalancingV2Client(as("AKIAUSER")).send(deregister)).rejects.toMatchObject({
    $metadata: { httpStatusCode: 500 },
  });
  expect(logged).toEqual([expect.stringMatching(/^defect: elasticloadbalancing: Error: broken/)]);
});
