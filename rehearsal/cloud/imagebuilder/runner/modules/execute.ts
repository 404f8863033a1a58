import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { type ActionModule, RebootRequest, type StepContext, StepFailure, text } from "../action-module";
import type { InputMap } from "../document";

/** Exit code by which a script asks for a restart of the machine and to be run again. */
const rebootCode = 194;
/** AWSTOE keeps a step's output for chaining; ours is cut so that a chatty command can't fill the memory. */
const longestOutput = 1024 * 1024;

export const executeBash: ActionModule = {
  takes: "map",
  inputs: { commands: { type: "strings", required: true } },
  async run(inputs, context) {
    const commands = (inputs as InputMap).commands as readonly string[];
    const script = await writeScript(commands.join("\n"), context);
    return { stdout: await run("bash", [script], context, "ExecuteBash") };
  },
};

export const executeBinary: ActionModule = {
  takes: "map",
  inputs: { path: { type: "string", required: true }, arguments: { type: "strings" } },
  async run(inputs, context) {
    const { paths } = context.machine;
    const given = text(inputs as InputMap, "path");
    const inImage = paths.inRoot(given);
    const program = existsSync(inImage) ? inImage : given;
    if (!existsSync(program))
      throw new StepFailure(`ExecuteBinary: fork/exec ${given}: no such file or directory`);
    const words = ((inputs as InputMap).arguments ?? []) as readonly (string | number | boolean)[];
    const arguments_ = words.map((word) => paths.intoMachine(String(word)));
    const interpreter = await interpreterOf(program);
    if (!interpreter) return { stdout: await run(program, arguments_, context, "ExecuteBinary") };
    // a script is text: its paths have to become the machine's before it runs
    const script = await writeScript(await readFile(program, "utf8"), context);
    return { stdout: await run(interpreter, [script, ...arguments_], context, "ExecuteBinary") };
  },
};

async function writeScript(source: string, context: StepContext): Promise<string> {
  await mkdir(context.scratch, { recursive: true });
  const file = join(context.scratch, "input.sh");
  await writeFile(file, `${context.machine.paths.intoMachine(source)}\n`);
  return file;
}

async function interpreterOf(program: string): Promise<string | undefined> {
  const file = await open(program);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(128), 0, 128, 0);
    const [, path, argument] =
      /^#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(buffer.toString("latin1", 0, bytesRead)) ?? [];
    return path && basename(path) === "env" ? argument : path;
  } finally {
    await file.close();
  }
}

/** Runs a program on the machine to its end; what it started goes with it when the step is aborted. */
async function run(
  program: string,
  arguments_: readonly string[],
  context: StepContext,
  module: string,
): Promise<string> {
  const { machine, signal } = context;
  const workingDirectory = machine.paths.inRoot(context.workingDirectory);
  await mkdir(workingDirectory, { recursive: true });
  signal.throwIfAborted();
  // the shell sets root's mask, whatever the mask of our own process is
  const child = spawn("/bin/sh", ["-c", 'umask 022; exec "$0" "$@"', program, ...arguments_], {
    cwd: workingDirectory,
    env: { ...machine.environment, ...context.variables },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // it has ended by itself
    }
  };
  signal.addEventListener("abort", kill, { once: true });
  let stdout = "";
  let lastError = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    const shown = machine.paths.outOfMachine(line);
    if (stdout.length < longestOutput) stdout += `${shown}\n`;
    context.log(`Stdout: ${shown}`);
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    lastError = machine.paths.outOfMachine(line) || lastError;
    context.log(`Stderr: ${machine.paths.outOfMachine(line)}`);
  });
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, name) => resolve(exitCode ?? name ?? "?"));
  });
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  if (code === rebootCode) throw new RebootRequest();
  if (code === 0) return stdout.trimEnd();
  const how = typeof code === "number" ? `exit status ${code}` : `signal: ${code}`;
  context.log(`CmdExecution: ERROR: ${how}`);
  throw new StepFailure(`${module}: ${how}${lastError ? `: ${lastError}` : ""}`);
}
