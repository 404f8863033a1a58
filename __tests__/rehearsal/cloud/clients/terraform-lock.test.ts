import { CodecommitRepository } from "@cdktf/provider-aws/lib/codecommit-repository";
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Testing } from "cdktf";
import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { terraformProgram } from "../../../../cli/requirements";
import { AwsStack } from "../../../../stacks/aws-stack";
import { configuration } from "../../../support/configuration";
import { HoldingProxy } from "../../../support/holding-proxy";
import { RunningCloud } from "../../../support/running-cloud";
import { type State, Terraform } from "../../../support/terraform";

jest.setTimeout(300_000);

const { stateBucket } = configuration();
const stateKey = "shop/shop-lock.tfstate";

/** A stack as ours are, with the state in the bucket: one repository first, later three of them. */
class LockStack extends AwsStack {
  constructor(description: string, names: readonly string[]) {
    super(Testing.app(), "shop-lock", configuration());
    const kept = new CodecommitRepository(this, "Kept", { repositoryName: "kept", description });
    let last = kept;
    for (const name of names)
      last = new CodecommitRepository(this, name, { repositoryName: name, dependsOn: [last] });
  }
}

function synthesizeInto(directory: string, stack: LockStack): void {
  stack.prepareStack();
  cpSync(join(Testing.fullSynth(stack), "stacks/shop-lock"), directory, { recursive: true });
}

let cloud: RunningCloud;
let s3: S3Client;
let proxy: HoldingProxy;
let terraform: Terraform;
let another: Terraform;
let killed: ChildProcess;

beforeAll(async () => {
  cloud = await RunningCloud.start();
  s3 = new S3Client({ ...cloud.client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: stateBucket }));
  proxy = new HoldingProxy(cloud.process.endpoint);
  const endpoint = await proxy.start();
  terraform = await Terraform.in(join(cloud.directory, "stack"), cloud, endpoint);
  synthesizeInto(terraform.directory, new LockStack("first", []));
  await terraform.run("init");
  await terraform.run("apply", ["-auto-approve"]);
  synthesizeInto(terraform.directory, new LockStack("second", ["made", "waiting"]));
  // somebody else's working copy
  const copy = join(cloud.directory, "copy");
  cpSync(terraform.directory, copy, { recursive: true });
  another = await Terraform.in(copy, cloud);
});
afterAll(async () => {
  if (killed.exitCode === null && killed.signalCode === null) process.kill(-killed.pid!, "SIGKILL");
  await proxy.stop();
  await cloud.stop();
});

async function state(): Promise<State> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: stateBucket, Key: stateKey }));
  return JSON.parse(await Body!.transformToString()) as State;
}
const lock = () => s3.send(new HeadObjectCommand({ Bucket: stateBucket, Key: `${stateKey}.tflock` }));
const lockId = (output: string): string => /^\W*ID: +(\S+)$/m.exec(output)![1]!;

/** The commands of the README's section on a symptom, as they stand there. */
function readme(symptom: string): string {
  const text = readFileSync(join(__dirname, "../../../../README.md"), "utf8");
  const section = text.slice(text.indexOf(`**${symptom}`)).split(/\n(?=\*\*)/)[0]!;
  const commands = section.split("\n").filter((line) => line.startsWith("    "));
  return commands.map((line) => line.trim()).join("\n");
}

let before: State;
let left: string;

it("refuses a second apply while one is under way, and says who holds the lock", async () => {
  before = await state();
  const held = proxy.hold("CreateRepository waiting");
  killed = terraform.start("apply", ["-auto-approve"]);
  await held;
  const { output } = await another.run("apply", ["-auto-approve"], [1]);
  expect(output).toContain("Error acquiring the state lock");
  expect(output).toMatch(/Path: +shop-states\/shop\/shop-lock\.tfstate/);
  expect(output).toMatch(/Operation: +OperationTypeApply/);
  expect(output).toMatch(/Who: +\S+@\S+/);
});

it("leaves the state as it was last saved, and the lock, when it is killed", async () => {
  process.kill(-killed.pid!, "SIGKILL");
  await once(killed, "exit");
  expect(await state()).toEqual(before);
  expect(before.resources.map(({ name }) => name)).toEqual([expect.stringMatching(/^Kept/)]);
  await expect(lock()).resolves.toBeDefined();
});

it("refuses the next apply with the id that releases the lock", async () => {
  const { output } = await another.run("apply", ["-auto-approve"], [1]);
  expect(output).toContain("Error acquiring the state lock");
  left = lockId(output);
});

it("is released with the commands of the README", async () => {
  const [synthesis, ...commands] = readme("`Error acquiring the state lock`").split("\n");
  expect(synthesis).toBe("npm run synth");
  const line = commands
    .join("\n")
    .replace("cdktf.out/stacks/hello-world-pipeline", another.directory)
    .replace("<id>", left)
    .replaceAll("terraform ", `${terraformProgram()} `);
  expect(another.typed(line, "yes\n")).toEqual({
    status: 0,
    output: expect.stringContaining("has been successfully unlocked") as string,
  });
  await expect(lock()).rejects.toMatchObject({ name: "NotFound" });
});

it("applies everything afterwards, once what the killed apply made and could not save is imported", async () => {
  const { output } = await another.run("apply", ["-auto-approve"], [1]);
  expect(output).toContain("RepositoryNameExistsException");
  const address = /with (\S+),/.exec(output)![1]!;
  const line = readme("`… already exists` after a run was killed")
    .replace("cdktf.out/stacks/hello-world-pipeline", another.directory)
    .replace("<address>", address)
    .replace("<id>", "made")
    .replace("terraform ", `${terraformProgram()} `);
  expect(another.typed(line, "")).toEqual({
    status: 0,
    output: expect.stringContaining("Import successful!") as string,
  });
  await another.run("apply", ["-auto-approve"]);
  expect((await state()).resources).toHaveLength(3);
});
