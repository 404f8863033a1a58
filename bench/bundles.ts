import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { UserError } from "../cli/user-error";
import { bundleFunctions } from "../lambda/bundle";
import { median, type Part } from "./result";

const starts = 5;

/** The functions' bundles: how big they are, and how long a new process takes until the handler is loaded. */
export async function bundles(): Promise<Part> {
  const files = Object.entries(bundleFunctions("dist/lambda")).map(([name, folder]) => ({
    name,
    file: path.resolve(folder, "index.js"),
  }));
  const times = new Map<string, number[]>(
    ["bare Node", ...files.map(({ name }) => name)].map((name) => [name, []]),
  );
  for (let start = 0; start < starts; start++) {
    times.get("bare Node")!.push(await milliseconds("bare Node", "process.stdout.write('loaded')"));
    for (const { name, file } of files)
      times
        .get(name)!
        .push(
          await milliseconds(
            name,
            `if (typeof require(${JSON.stringify(file)}).handler === "function") process.stdout.write("loaded")`,
          ),
        );
  }
  return {
    title: "The functions' bundles",
    lines: [
      { what: "bare Node", result: `cold start ${median(times.get("bare Node")!).toFixed(0)} ms` },
      ...files.map(({ name, file }) => {
        const code = readFileSync(file);
        const size = `${kibibytes(code.length)}, gzip ${kibibytes(gzipSync(code, { level: 9 }).length)}`;
        return { what: name, result: `${size}, cold start ${median(times.get(name)!).toFixed(0)} ms` };
      }),
    ],
    notes: ["A cold start is from the start of a Node process on this machine until the handler is loaded."],
  };
}

function milliseconds(name: string, script: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, ["--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, AWS_REGION: "eu-west-1" },
    });
    let loaded: number | undefined;
    child.stdout.once("data", () => (loaded = performance.now() - begin));
    child.once("error", reject);
    child.once("close", () =>
      loaded === undefined ? reject(new UserError(`the bundle of ${name} did not load`)) : resolve(loaded),
    );
  });
}

function kibibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`;
}
