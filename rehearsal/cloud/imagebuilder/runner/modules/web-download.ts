import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ActionModule, forEachInput, StepFailure, text } from "../action-module";
import type { InputMap } from "../document";
import { isTrue, machinePath } from "./paths";

const algorithms = ["MD5", "SHA1", "SHA256", "SHA512"];
const loopback = ["127.0.0.1", "localhost", "[::1]"];

/** Downloads from this machine only: a rehearsal never needs the internet. */
export const webDownload: ActionModule = forEachInput(
  {
    source: { type: "string", required: true },
    destination: { type: "string", required: true },
    overwrite: { type: "boolean" },
    checksum: { type: "string" },
    algorithm: { type: "string" },
    ignoreCertificateErrors: { type: "boolean" },
  },
  async (input, context) => {
    const url = new URL(text(input, "source"));
    if (!loopback.includes(url.hostname))
      throw new StepFailure(
        `WebDownload: ${url.hostname} is not this machine; put ${url.href} into the artifact bucket`,
      );
    const given = machinePath(input, "destination", context);
    const file = text(input, "destination").endsWith("/") ? join(given, basename(url.pathname)) : given;
    const shown = context.machine.paths.outOfMachine(file);
    if (existsSync(file)) {
      if (!isTrue(input.overwrite))
        throw new StepFailure(`WebDownload: ${shown} already exists and overwrite is false`);
      if (sumMatches(input, await readFile(file))) return { destination: shown };
    }
    const response = await fetch(url, { signal: context.signal });
    if (response.status !== 200)
      throw new StepFailure(`WebDownload: ${url.href} was answered with ${response.status}`);
    const content = Buffer.from(await response.arrayBuffer());
    if (sumMatches(input, content) === false)
      throw new StepFailure(`WebDownload: the checksum of ${url.href} does not match`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return { destination: shown };
  },
);

/** Undefined when no verification is asked for. */
function sumMatches(input: InputMap, content: Buffer): boolean | undefined {
  if (input.checksum === undefined || input.algorithm === undefined) return undefined;
  const algorithm = text(input, "algorithm").toUpperCase();
  if (!algorithms.includes(algorithm))
    throw new StepFailure(`WebDownload: algorithm ${algorithm} must be one of ${algorithms.join(", ")}`);
  return (
    createHash(algorithm.toLowerCase()).update(content).digest("hex") ===
    text(input, "checksum").toLowerCase()
  );
}
