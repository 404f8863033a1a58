import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import {
  announceFailureFunction,
  bakeImageFunction,
  cleanUpFunction,
  prepareImageFunction,
  prepareReleaseFunction,
  rollOutFunction,
  versionFunction,
  withdrawReleaseFunction,
} from "../contract/functions";

/** Every function: its folder here, and in a bundle's output. */
export const functionNames = [
  versionFunction.name,
  prepareImageFunction.name,
  bakeImageFunction.name,
  prepareReleaseFunction.name,
  rollOutFunction.name,
  cleanUpFunction.name,
  withdrawReleaseFunction.name,
  announceFailureFunction.name,
] as const;

export type FunctionName = (typeof functionNames)[number];

const settings = {
  bundle: true,
  platform: "node",
  // the oldest that runs them: Lambda has 22, a rehearsal whatever the machine has
  target: "node20",
  format: "cjs",
  mainFields: ["module", "main"],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
} as const;

/**
 * Bundles every function to `<outputDirectory>/<function>/index.js`, its handler exported as `handler`. The same sources
 * give the same bytes. Bundles are kept in node_modules/.cache under a hash of all they are made from, so only a change
 * costs time.
 */
export function bundleFunctions(
  outputDirectory: string,
  root = process.cwd(),
): Readonly<Record<FunctionName, string>> {
  const bundles = cachedBundles(root);
  const folders = functionNames.map((name) => {
    const folder = path.join(outputDirectory, name);
    mkdirSync(folder, { recursive: true });
    copyFileSync(path.join(bundles, name, "index.js"), path.join(folder, "index.js"));
    return [name, folder];
  });
  return Object.fromEntries(folders) as Record<FunctionName, string>;
}

function cachedBundles(root: string): string {
  const cache = path.join(root, "node_modules/.cache/immutable-server-pipeline");
  const bundles = path.join(cache, `functions-${sourceHash(root)}`);
  if (existsSync(bundles)) return bundles;
  const unfinished = `${bundles}.${process.pid}`;
  build(root, unfinished);
  try {
    // at once and whole: another process never sees half of it
    renameSync(unfinished, bundles);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(bundles)) throw error;
  }
  return bundles;
}

function build(root: string, outdir: string): void {
  // loaded here only: where nothing changed, its start would cost more than everything else
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { buildSync } = require("esbuild") as typeof import("esbuild");
  const entryPoints = Object.fromEntries(
    functionNames.map((name) => [`${name}/index`, path.join(root, "lambda", name, "handler.ts")]),
  );
  buildSync({ ...settings, mainFields: [...settings.mainFields], absWorkingDir: root, entryPoints, outdir });
}

/** Everything that the bundles are made from: our sources, the packages' versions, the settings. */
function sourceHash(root: string): string {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  const files = ["lambda", "contract"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => path.posix.join(folder, file.replaceAll(path.sep, "/"))),
  );
  for (const file of [...files.sort(), "package-lock.json", "tsconfig.json"])
    hash.update(`${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

/** `npm run bundle`: the bundles in dist/lambda, with their sizes. */
function main(): void {
  const started = performance.now();
  for (const [name, folder] of Object.entries(bundleFunctions("dist/lambda")))
    console.log(`${name.padEnd(16)} ${Math.ceil(statSync(path.join(folder, "index.js")).size / 1024)} KiB`);
  console.log(`${Math.round(performance.now() - started)} ms`);
}

if (process.argv[1] === path.resolve("lambda/bundle.ts")) main();
