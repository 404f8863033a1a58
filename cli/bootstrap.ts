import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import path from "node:path";
import { parseArgs } from "node:util";
import { loadConfiguration } from "../config/load";
import pipelineConfig from "../pipeline.config";
import { checkAccount, clientOptions } from "./aws";
import { runVisibly } from "./program";
import { checkRequirements } from "./requirements";
import { runCommand } from "./run-command";
import { ensureServiceLinkedRoles } from "./service-linked-roles";
import { StateBucket } from "./state-bucket";
import { decideBootstrap, decideRemoval, type Situation } from "./state-decision";
import { StateStack } from "./state-stack";
import { UserError } from "./user-error";

/**
 * `npm run bootstrap` makes the bucket that holds every Terraform state, and moves the state of the bucket itself into
 * it. `npm run bootstrap -- --remove` is the reverse, for when every other stack is destroyed. Both may be interrupted
 * anywhere and run again, and change nothing when there is nothing left to do.
 */
void runCommand(async () => {
  const { values } = parseCommand();
  const configuration = loadConfiguration(pipelineConfig);
  await checkRequirements(["node", "terraform"]);
  await checkAccount(configuration);
  if ((await runVisibly(process.execPath, ["run.mjs", "main.ts"])) !== 0) return 1;

  // cdktf's own variable for the folder of the synthesized stacks; the rehearsal sets it to one of its own
  const output = path.resolve(process.env["CDKTF_OUTDIR"] ?? "cdktf.out");
  const stack = new StateStack(
    path.join(output, "stacks/state"),
    path.join(path.dirname(output), ".bootstrap"),
  );
  const s3 = new S3Client(clientOptions(configuration));
  const bucket = new StateBucket(s3, stack.backend.bucket, configuration.accountId);
  const situation = await look(bucket, stack);
  if (values.remove) return remove(situation, bucket, stack);

  await bootstrap(situation, bucket, stack);
  const roles = await ensureServiceLinkedRoles(new IAMClient(clientOptions(configuration)));
  for (const role of roles) say(`made the service-linked role ${role}`);
  return 0;
});

function parseCommand() {
  try {
    return parseArgs({ options: { remove: { type: "boolean", default: false } } });
  } catch (error) {
    throw new UserError(`${(error as Error).message}; allowed: --remove`);
  }
}

async function look(bucket: StateBucket, stack: StateStack): Promise<Situation> {
  const local = stack.localState;
  if (!(await bucket.exists())) return { bucket: "missing", remote: undefined, local };
  const remote = await bucket.state(stack.backend.key);
  return { bucket: (await bucket.isEmpty()) ? "empty" : "foreign", remote, local };
}

async function bootstrap(situation: Situation, bucket: StateBucket, stack: StateStack): Promise<void> {
  const { bucket: name, key } = stack.backend;
  const step = decideBootstrap(situation);
  if (step === "nothing") return say(`the bucket ${name} holds its own state already; nothing to do`);
  refuse(step, stack);

  if (step === "create") {
    say(`making the bucket ${name}`);
    await stack.apply();
  } else if (step === "adopt") {
    say(`the empty bucket ${name} exists already; taking it over`);
    await stack.adopt();
  }
  if (step !== "tidy") {
    say(`moving its state to s3://${name}/${key}`);
    await stack.migrateToBucket();
  }
  // Only a state that was seen in the bucket may be removed here.
  if (((await bucket.state(key))?.resources ?? 0) === 0) {
    throw new UserError(
      `s3://${name}/${key} holds no state after the migration; it is still in ${shortly(stack.stateFile)}`,
    );
  }
  stack.tidy();
  say(`the bucket ${name} holds its own state`);
}

async function remove(situation: Situation, bucket: StateBucket, stack: StateStack): Promise<number> {
  const { bucket: name, key } = stack.backend;
  const step = decideRemoval(situation);
  if (step === "nothing") {
    stack.tidy();
    say(`there is no bucket ${name}; nothing to do`);
    return 0;
  }
  refuse(step, stack);

  if (situation.bucket !== "missing") {
    const others = await bucket.otherStates(key);
    if (others.length > 0) {
      throw new UserError(
        `the bucket ${name} is still needed by ${others.join(", ")}; destroy those stacks first, with: npx cdktf destroy`,
      );
    }
  }
  if (step === "fetch") {
    say(`moving the state of the bucket to ${shortly(stack.stateFile)}`);
    await stack.migrateFromBucket();
  }
  say(`removing the bucket ${name} and every version of what was in it`);
  if (situation.bucket !== "missing") await bucket.empty();
  await stack.destroy();
  stack.tidy();
  say(`the bucket ${name} is gone`);
  return 0;
}

function refuse(step: string, stack: StateStack): void {
  const { bucket, key } = stack.backend;
  if (step === "refuse-foreign") {
    throw new UserError(
      `the bucket ${bucket} exists and holds something, but no state at ${key}, so it was not made by this command; ` +
        "choose another stateBucket, or leave the bootstrap out if you keep this bucket yourself",
    );
  }
  if (step === "refuse-diverged") {
    throw new UserError(
      `s3://${bucket}/${key} and ${shortly(stack.stateFile)} are states of two different buckets' making; ` +
        "keep the right one: move the other out of the way, then run this again",
    );
  }
}

function shortly(file: string): string {
  return path.relative(process.cwd(), file);
}

function say(text: string): void {
  console.log(text);
}
