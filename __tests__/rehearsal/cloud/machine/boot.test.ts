import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type BootedMachine, bootMachine } from "../../../../rehearsal/cloud/machine/boot";
import { MachineImages, removeTree } from "../../../../rehearsal/cloud/machine/machine-images";
import { serveMetadata } from "../../../../rehearsal/cloud/machine/metadata-service";

const directory = realpathSync(mkdtempSync(join(tmpdir(), "boot-")));
const machines: BootedMachine[] = [];
afterAll(async () => {
  for (const machine of machines) machine.kill();
  await Promise.all(machines.map(({ ended }) => ended));
  await removeTree(directory);
});

let count = 0;

async function boot(
  service: string,
  files: Record<string, string> = {},
  signal = new AbortController().signal,
) {
  const home = join(directory, String(++count));
  const root = join(home, "root");
  await new MachineImages(join(directory, "images")).clone("ami-base", root);
  const system = join(root, "etc/systemd/system");
  mkdirSync(join(system, "multi-user.target.wants"), { recursive: true });
  writeFileSync(join(system, "app.service"), `[Unit]\nDescription=x\n[Service]\n${service}\n`);
  symlinkSync("../app.service", join(system, "multi-user.target.wants/app.service"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
  const settings = {
    root,
    instanceId: "i-0123",
    metadataEndpoint: "http://127.0.0.1:1",
    directory: join(home, "machine"),
  };
  const machine = await bootMachine(settings, signal);
  machines.push(machine);
  return { machine, root, log: () => readFileSync(join(home, "machine/logs/app.service.log"), "utf8") };
}

async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 100 && !condition(); attempt++) await wait(50);
  expect(condition()).toBe(true);
}

const server = `require("http").createServer((q, s) => s.end(process.env.NAME + process.env.LATE)).listen(process.env.SERVER_PORT, process.env.SERVER_ADDRESS)`;

it("starts an enabled service with its environment, on a port of its own", async () => {
  const { machine } = await boot(
    "User=ec2-user\nEnvironment=NAME=first \"LATE=no\"\nEnvironmentFile=/etc/app.env\nEnvironmentFile=-/etc/none\nExecStartPre=/bin/sh -c 'echo ready > /var/ready'\nExecStart=/usr/bin/node /opt/server.js",
    { "opt/server.js": server, "etc/app.env": "# comment\nLATE=-second\n" },
  );
  expect(machine.running()).toBe(true);
  let answer = "";
  for (let attempt = 0; attempt < 100 && answer === ""; attempt++) {
    await wait(50);
    answer = await fetch(`http://127.0.0.1:${machine.port}/`).then(
      (response) => response.text(),
      () => "",
    );
  }
  expect(answer).toBe("first-second");
  await machine.shutDown();
  await machine.ended;
  expect(machine.running()).toBe(false);
});

it("restarts a service that failed, and gives up after five starts", async () => {
  const { machine, log } = await boot(
    "ExecStart=/bin/sh -c 'echo once; exit 7'\nRestart=on-failure\nRestartSec=10ms",
  );
  await machine.ended;
  expect(log().match(/once/g)).toHaveLength(5);
  expect(log()).toContain("Start request repeated too quickly");
});

it("takes a listed exit status for a good end", async () => {
  const { machine, log } = await boot(
    "ExecStart=/bin/sh -c 'exit 143'\nRestart=on-failure\nSuccessExitStatus=143",
  );
  await machine.ended;
  expect(log()).toBe("");
});

it.each([
  ["a user that does not exist", "User=nobody-knows\nExecStart=/bin/true", "there is no user nobody-knows"],
  [
    "a missing environment file",
    "EnvironmentFile=/etc/none.env\nExecStart=/bin/true",
    "missing: /etc/none.env",
  ],
  ["a program that is not there", "ExecStart=/opt/none", "203/EXEC"],
  ["Java that no package has brought", "ExecStart=/usr/bin/java -version", "203/EXEC"],
  ["a preparation that fails", "ExecStartPre=/bin/false\nExecStart=/bin/sleep 60", "status=1"],
])("ends a machine with %s", async (_case, service, reason) => {
  const { machine, log } = await boot(service);
  await machine.ended;
  expect(log()).toContain(reason);
});

it("kills what ignores SIGTERM after TimeoutStopSec", async () => {
  const { machine, log } = await boot(
    "ExecStart=/bin/sh -c 'trap : TERM; echo up; while :; do sleep 0.1; done'\nTimeoutStopSec=300ms",
  );
  await until(() => log() === "up\n");
  const started = Date.now();
  await machine.shutDown();
  expect(Date.now() - started).toBeGreaterThanOrEqual(290);
  expect(machine.running()).toBe(false);
});

it("takes the whole process tree down when the host fails or the cloud ends", async () => {
  const end = new AbortController();
  const { machine, root } = await boot(
    "ExecStart=/bin/sh -c 'sleep 60 & echo $! > /var/child; wait'",
    {},
    end.signal,
  );
  const file = join(root, "var/child");
  const child = (): number => {
    try {
      return Number(readFileSync(file, "utf8"));
    } catch {
      return 0;
    }
  };
  await until(() => child() > 0);
  end.abort();
  await machine.ended;
  await until(() => {
    try {
      process.kill(child(), 0);
      return readFileSync(`/proc/${child()}/stat`, "utf8").includes(") Z ");
    } catch {
      return true;
    }
  });
});

it("moves what an image says about itself to where the image is", async () => {
  const images = new MachineImages(join(directory, "images"));
  const first = join(directory, "move/a");
  await images.clone("ami-base", first);
  writeFileSync(join(first, "etc/app.conf"), `home=${first}/opt/app\n`, { mode: 0o444 });
  symlinkSync(`${first}/opt`, join(first, "srv/link"));
  await images.store(first, { imageId: "ami-1", name: "n", architecture: "arm64", created: "now" });
  const second = join(directory, "move/b");
  await images.clone("ami-1", second);
  expect(readFileSync(join(second, "etc/app.conf"), "utf8")).toBe(`home=${second}/opt/app\n`);
  expect(realpathSync(join(second, "srv/link"))).toBe(`${second}/opt`);
  expect(await images.manifestOf("ami-1")).toMatchObject({ name: "n" });
  await images.remove("ami-1");
  expect(images.rootOf("ami-1")).toBeUndefined();
});

it("serves instance metadata by version 2 only", async () => {
  const metadata = {
    instanceId: "i-1",
    imageId: "ami-1",
    instanceType: "t4g.small",
    region: "eu-central-1",
    accountId: "1",
    architecture: "arm64" as const,
  };
  const service = await serveMetadata(metadata);
  const get = (headers: Record<string, string>) =>
    fetch(`${service.url}/latest/meta-data/instance-id`, { headers });
  expect((await get({})).status).toBe(401);
  const token = await fetch(`${service.url}/latest/api/token`, {
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
  });
  expect(await (await get({ "x-aws-ec2-metadata-token": await token.text() })).text()).toBe("i-1");
  await service.close();
});

it("keeps a JVM's temporary files in the machine, so that killing it leaves nothing on the host", async () => {
  const { machine, root } = await boot("ExecStart=/usr/bin/sleep 60");
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin/java") : "java";
  const shown = spawnSync(java, ["-XshowSettings:properties", "-XX:+PrintFlagsFinal", "-version"], {
    env: { ...machine.environment, PATH: process.env.PATH },
    encoding: "utf8",
  });
  expect(shown.stderr).toContain(`java.io.tmpdir = ${root}/tmp\n`);
  expect(shown.stdout).toMatch(/UsePerfData\s+= false/);
});
