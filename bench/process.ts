import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../cli/user-error";
import { median } from "./result";

export interface Subject {
  readonly name: string;
  /** Arguments of Node. */
  readonly args: readonly string[];
  readonly directory?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface Measurement {
  readonly seconds: number;
  /** Of the largest Node process. */
  readonly peakMegabytes: number;
}

const rounds = 5;
const peakMemory = path.resolve("bench/peak-memory.cjs");

/** Runs whole processes in turn, so that what the machine does besides meets all of them alike. @returns medians by name */
export async function measureInTurn(subjects: readonly Subject[]): Promise<ReadonlyMap<string, Measurement>> {
  const taken = new Map<string, Measurement[]>(subjects.map(({ name }) => [name, []]));
  // the first round is not counted: it fills the caches of both sides
  for (let round = 0; round <= rounds; round++)
    for (const subject of subjects) {
      const measurement = await runOnce(subject);
      if (round > 0) taken.get(subject.name)!.push(measurement);
    }
  return new Map(
    [...taken].map(([name, all]) => [
      name,
      {
        seconds: median(all.map(({ seconds }) => seconds)),
        peakMegabytes: median(all.map(({ peakMegabytes }) => peakMegabytes)),
      },
    ]),
  );
}

async function runOnce({ name, args, directory, environment }: Subject): Promise<Measurement> {
  const scratch = mkdtempSync(path.join(tmpdir(), "bench-"));
  try {
    const output = path.join(scratch, "output");
    const peaks = path.join(scratch, "peaks");
    const start = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: directory,
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        ...environment,
        // where either kind of application writes what it synthesized
        CDKTF_OUTDIR: output,
        CDK_OUTDIR: output,
        NODE_OPTIONS: `--require ${JSON.stringify(peakMemory)}`,
        BENCH_PEAKS: peaks,
      },
    });
    let errors = "";
    child.stderr.on("data", (chunk) => (errors += String(chunk)));
    const code = await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
    const seconds = (performance.now() - start) / 1000;
    if (code !== 0) throw new UserError(`the benchmark's "${name}" ended with exit code ${code}: ${errors}`);
    const kilobytes = readFileSync(peaks, "utf8").trim().split("\n").map(Number);
    return { seconds, peakMegabytes: Math.max(...kilobytes) / 1024 };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
