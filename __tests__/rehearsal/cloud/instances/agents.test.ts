import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceError } from "../../../../rehearsal/cloud/api/service-error";
import { InstanceAgents } from "../../../../rehearsal/cloud/instances/agents";
import { addConfiguration } from "../../../../rehearsal/cloud/machine/cloudwatch-agent-files";
import { type BootedMachine, bootMachine } from "../../../../rehearsal/cloud/machine/boot";
import { MachineImages, removeTree } from "../../../../rehearsal/cloud/machine/machine-images";
import { enablePackageUnit, writePackageUnit } from "../../../../rehearsal/cloud/machine/package-units";
import { TestCloud } from "../../../support/test-cloud";
import { until } from "../../../support/until";

const logs = mockClient(CloudWatchLogsClient);
const credentials = { AccessKeyId: "ASIAINSTANCE", SecretAccessKey: "secret", Token: "session" };
const configuration = {
  logs: {
    logs_collected: {
      files: {
        collect_list: [
          {
            file_path: "/var/log/messages",
            log_group_name: "/shop/test",
            log_stream_name: "{instance_id}",
          },
        ],
      },
    },
  },
};

let cloud: TestCloud;
let metadata: Server;
let directory: string;
let machine: BootedMachine;
let denied: Set<string>;
let asked: string[];
/** Undefined: an instance without a role. */
let role: string | undefined;

beforeEach(async () => {
  cloud = new TestCloud();
  mkdirSync(cloud.directory, { recursive: true });
  directory = realpathSync(mkdtempSync(join(tmpdir(), "agents-")));
  denied = new Set();
  asked = [];
  role = "shop-instance";
  logs.reset();
  logs.on(CreateLogStreamCommand).resolves({});
  logs.on(PutLogEventsCommand).resolves({});
  metadata = createServer((request, response) => {
    const path = request.url!.replace("/latest/", "");
    if (request.method === "PUT") return void response.end("token-2");
    if (request.headers["x-aws-ec2-metadata-token"] !== "token-2") return void response.writeHead(401).end();
    const roles = "meta-data/iam/security-credentials/";
    if (role !== undefined && path === roles) return void response.end(role);
    if (role !== undefined && path === roles + role) return void response.end(JSON.stringify(credentials));
    response.writeHead(404).end();
  });
  await new Promise<void>((listening) => metadata.listen(0, "127.0.0.1", listening));
});
afterEach(async () => {
  machine.kill();
  await machine.ended;
  metadata.close();
  metadata.closeAllConnections();
  cloud.remove();
  await removeTree(directory);
});

const endpoint = (): string => `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`;

/** A machine with the agents' packages and an application that says something. */
async function start({ configured = true } = {}): Promise<InstanceAgents> {
  const root = join(directory, "root");
  await new MachineImages(join(directory, "images")).clone("ami-base", root);
  for (const name of ["rsyslog", "amazon-cloudwatch-agent"]) {
    writePackageUnit(root, name);
    enablePackageUnit(root, name);
  }
  const system = join(root, "etc/systemd/system");
  writeFileSync(
    join(system, "app.service"),
    "[Service]\nExecStart=/bin/sh -c 'trap \"echo bye; exit 0\" TERM; echo hello; while sleep 0.1; do :; done'\n",
  );
  symlinkSync("../app.service", join(system, "multi-user.target.wants/app.service"));
  if (configured) {
    writeFileSync(join(directory, "send.json"), JSON.stringify(configuration));
    addConfiguration(root, join(directory, "send.json"));
  }
  machine = await bootMachine(
    { root, instanceId: "i-1", metadataEndpoint: endpoint(), directory: join(directory, "machine") },
    cloud.signal,
  );
  const authorizer = {
    authorize: async () => undefined,
    authorizeRole: async ({ accessKeyId }: { accessKeyId: string }, action: string, resource: string) => {
      asked.push(`${accessKeyId} ${action} ${resource}`);
      if (denied.has(action)) throw new ServiceError("AccessDeniedException", `denied: ${action}`);
    },
  };
  return new InstanceAgents(cloud, authorizer, machine, endpoint());
}

const sent = () => logs.commandCalls(PutLogEventsCommand);
const messages = (): string[] =>
  sent().flatMap(({ args }) => args[0].input.logEvents!.map(({ message }) => message!));

describe("the agents of an instance", () => {
  it("send the services' output to the log group that they are told, with the instance's credentials", async () => {
    const agents = await start();
    await until(messages, (lines) => lines.length > 0);
    expect(messages()).toEqual([expect.stringMatching(/^\w{3} \d\d \d\d:\d\d:\d\d i-1 app: hello$/)]);
    expect(logs.commandCalls(CreateLogStreamCommand).map(({ args }) => args[0].input)).toEqual([
      { logGroupName: "/shop/test", logStreamName: "i-1" },
    ]);
    const client = sent()[0]!.thisValue as CloudWatchLogsClient;
    expect(await client.config.credentials()).toMatchObject({
      accessKeyId: "ASIAINSTANCE",
      sessionToken: "session",
    });
    await machine.shutDown();
    await agents.stop();
    expect(messages().at(-1)).toMatch(/app: bye$/);
  });

  it("register with Systems Manager and wait for what they are told", async () => {
    const agents = await start();
    await until(
      () => asked,
      (calls) => calls.length === 3,
    );
    expect(asked).toEqual([
      "ASIAINSTANCE ssm:UpdateInstanceInformation arn:aws:ec2:eu-central-1:111122223333:instance/i-1",
      "ASIAINSTANCE ssmmessages:CreateControlChannel *",
      "ASIAINSTANCE ssmmessages:OpenControlChannel *",
    ]);
    await agents.stop();
  });

  it("say once that they are refused, and leave the instance running", async () => {
    denied.add("ssm:UpdateInstanceInformation");
    logs.on(CreateLogStreamCommand).rejects(new Error("denied: logs:CreateLogStream"));
    const said: string[] = [];
    cloud.log = (_subject?: string, text?: string) => void said.push(text!);
    const agents = await start();
    await until(
      () => said,
      ({ length }) => length === 2,
    );
    await agents.stop();
    expect(said.sort()).toEqual([
      "i-1: the CloudWatch agent sends nothing any more: denied: logs:CreateLogStream",
      "i-1: the agent of Systems Manager is refused: denied: ssm:UpdateInstanceInformation",
    ]);
    expect(machine.running()).toBe(true);
  });

  it.each([
    ["nothing is configured", { configured: false }, "shop-instance"],
    ["the instance has no role", { configured: true }, undefined],
  ])("send nothing when %s", async (_, options, given) => {
    role = given;
    const agents = await start(options);
    await machine.shutDown();
    await agents.stop();
    expect(messages()).toEqual([]);
  });
});
