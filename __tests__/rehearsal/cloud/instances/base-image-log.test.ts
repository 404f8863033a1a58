import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { InstanceAgents } from "../../../../rehearsal/cloud/instances/agents";
import { type BootedMachine, bootMachine } from "../../../../rehearsal/cloud/machine/boot";
import { MachineImages } from "../../../../rehearsal/cloud/machine/machine-images";
import { TestCloud } from "../../../support/test-cloud";
import { until } from "../../../support/until";
import { RunnerFixture } from "../imagebuilder/runner/runner-fixture";

const logs = mockClient(CloudWatchLogsClient);
logs.on(CreateLogStreamCommand).resolves({});
logs.on(PutLogEventsCommand).resolves({});

const builder = new RunnerFixture();
const cloud = new TestCloud();
/** What the instance's metadata service knows. */
const known: Record<string, string> = {
  "meta-data/tags/instance/Application": "shop",
  "meta-data/tags/instance/Environment": "test",
  "meta-data/iam/security-credentials/": "shop-instance",
  "meta-data/iam/security-credentials/shop-instance": JSON.stringify({
    AccessKeyId: "ASIA",
    SecretAccessKey: "secret",
    Token: "token",
  }),
};
let metadata: Server;
let machine: BootedMachine;

beforeAll(async () => {
  mkdirSync(cloud.directory, { recursive: true });
  metadata = createServer((request, response) => {
    if (request.method === "PUT") return void response.end("token");
    const value = known[request.url!.replace("/latest/", "")];
    response.writeHead(value === undefined ? 404 : 200).end(value);
  });
  await new Promise<void>((listening) => metadata.listen(0, "127.0.0.1", listening));
  await builder.start();
});
afterAll(async () => {
  machine.kill();
  await machine.ended;
  await builder.stop();
  metadata.closeAllConnections();
  metadata.close();
  cloud.remove();
});

it("an instance of the base image sends its application's log to its environment's log group", async () => {
  expect(await builder.run(readFileSync("constructs/image/base-component.yml", "utf8"))).toBeUndefined();
  const system = builder.path("/etc/systemd/system");
  writeFileSync(
    join(system, "app.service"),
    "[Service]\nExecStart=/bin/sh -c 'echo it is up; exec sleep 60'\n",
  );
  symlinkSync("../app.service", join(system, "multi-user.target.wants/app.service"));

  const root = join(builder.directory, "instance/root");
  await new MachineImages(join(builder.directory, "images")).cloneFrom(builder.machine.paths.root, root);
  const metadataEndpoint = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`;
  const directory = join(builder.directory, "instance/machine");
  machine = await bootMachine({ root, instanceId: "i-2", metadataEndpoint, directory }, cloud.signal);
  expect(machine.isActive("send-logs.service")).toBe(true);

  const authorizer = { authorize: async () => undefined, authorizeRole: async () => undefined };
  const agents = new InstanceAgents(cloud, authorizer, machine, metadataEndpoint);
  const sent = () => logs.commandCalls(PutLogEventsCommand).map(({ args }) => args[0].input);
  await until(sent, ({ length }) => length > 0);
  await agents.stop();
  expect(sent()[0]).toMatchObject({ logGroupName: "/shop/test", logStreamName: "i-2" });
  const messages = sent().flatMap(({ logEvents }) => logEvents!.map(({ message }) => message));
  expect(messages).toContainEqual(expect.stringMatching(/ i-2 app: it is up$/));
}, 60_000);
