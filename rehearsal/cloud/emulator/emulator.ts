import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { openSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../../../cli/user-error";
import { pythonEnvironment } from "../../python-environment";
import { freePort } from "../free-port";

export interface EmulatorSettings {
  /** Folder of the project: the emulator's launcher and requirements are read from it. */
  readonly projectDirectory: string;
  readonly cacheDirectory: string;
  readonly directory: string;
  readonly accountId: string;
  readonly region: string;
  /** Where functions find the cloud: the gateway. */
  readonly endpoint: string;
  /** Where it appends what it decides; see CallRecord. */
  readonly callsFile: string;
  /** Before an event is delivered again whose invocation failed. */
  readonly redeliverySeconds: number;
}

/** The running emulator. */
export interface Emulator {
  readonly port: number;
  /** What the gateway shows to be told about credentials. */
  readonly token: string;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

/** Starts ministack in a private virtual environment. @throws UserError when it can't be installed or started */
export async function startEmulator(settings: EmulatorSettings): Promise<Emulator> {
  const source = join(settings.projectDirectory, "rehearsal/cloud/emulator");
  const programs = await pythonEnvironment({
    directory: join(settings.cacheDirectory, "emulator"),
    requirements: join(source, "requirements.txt"),
    purpose: "the local cloud's emulator",
  });
  const directory = join(settings.directory, "emulator");
  await mkdir(directory, { recursive: true });
  const port = await freePort();
  const token = randomBytes(16).toString("hex");
  const log = openSync(join(directory, "emulator.log"), "a");
  const child = spawn(join(programs, "python"), [join(source, "launch.py")], {
    detached: true, // its own process group: functions run below it
    stdio: ["pipe", log, log],
    env: {
      ...inherited(),
      AUTH: "true",
      AWS_ENDPOINT_URL: settings.endpoint,
      BIND_HOST: "127.0.0.1",
      GATEWAY_CALLS: settings.callsFile,
      GATEWAY_PORT: String(port),
      GATEWAY_TOKEN: token,
      LAMBDA_ASYNC_RETRY_BASE_SECONDS: String(settings.redeliverySeconds),
      LOG_LEVEL: "INFO",
      MINISTACK_ACCOUNT_ID: settings.accountId,
      MINISTACK_REGION: settings.region,
      PYTHONDONTWRITEBYTECODE: "1",
      TMPDIR: directory,
    },
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await ready(port, child, join(directory, "emulator.log"));
  return { port, token, exited, stop: () => stop(child, exited) };
}

/**
 * What the emulator, and the functions that it runs with its own environment, need of ours: programs, and the
 * certificates of the machine. Nothing else, so that a function finds in the rehearsal what it finds on AWS.
 */
function inherited(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "LANG", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

async function ready(port: number, child: ChildProcess, log: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${port}/_ministack/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new UserError(`the local cloud's emulator did not start; its log is ${log}`);
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.stdin?.end();
  const ended = await Promise.race([exited.then(() => true), pause(5000, false, { ref: false })]);
  // what functions left running is in the emulator's process group
  if (child.pid !== undefined)
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // the group is empty: everything has ended by itself
    }
  if (!ended) await exited;
}
