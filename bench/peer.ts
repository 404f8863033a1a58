import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { bundleFunctions } from "../lambda/bundle";
import type { Subject } from "./process";

const folder = path.resolve("bench/peers/aws-cdk");
const tsx = path.join(folder, "node_modules/tsx/dist/loader.mjs");

/** The same resources as an AWS CDK application, run as the CDK CLI's `--app` would, without the CLI's own time. */
export function awsCdkSubject(bundles: string): Subject {
  return {
    name: "AWS CDK",
    args: ["--import", tsx, "bin/app.ts"],
    directory: folder,
    environment: { BUNDLES: bundles },
  };
}

/** A TypeScript entry of this project, compiled module by module. */
export function underTsx(name: string, entry: string): Subject {
  return { name, args: ["--import", tsx, entry] };
}

export function installPeer(): void {
  const installed = path.join(folder, "node_modules/.package-lock.json");
  const wanted = path.join(folder, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  console.log("installing bench/peers/aws-cdk");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

export function peerVersion(): string {
  const file = path.join(folder, "node_modules/aws-cdk-lib/package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** The bundles of main.ts alone, each in its folder: an asset of CDK is a whole folder. */
export function copyBundles(target: string): void {
  for (const [name, bundle] of Object.entries(bundleFunctions("dist/lambda"))) {
    mkdirSync(path.join(target, name), { recursive: true });
    cpSync(path.join(bundle, "index.js"), path.join(target, name, "index.js"));
  }
}
