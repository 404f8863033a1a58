import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { createReadStream, createWriteStream, existsSync, statSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ActionModule, forEachInput, type StepContext, StepFailure, text } from "../action-module";
import type { InputMap } from "../document";
import { isFalse, isTrue, machinePath, matches } from "./paths";

export const s3Download: ActionModule = forEachInput(
  {
    source: { type: "string", required: true },
    destination: { type: "string", required: true },
    expectedBucketOwner: { type: "string" },
    overwrite: { type: "boolean" },
  },
  async (input, context) => {
    const { bucket, key } = address(text(input, "source"), "S3Download");
    const destination = machinePath(input, "destination", context);
    if (!key.endsWith("/*")) return download(bucket, key, destination, input, context);
    const prefix = key.slice(0, -1);
    if (!existsSync(destination)) throw missingFolder(input);
    const listed = await ask(context, "S3Download", () =>
      context.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...ownerOf(input) }), {
        abortSignal: context.signal,
      }),
    );
    for (const { Key: found = "" } of listed.Contents ?? []) {
      if (found.endsWith("/")) continue;
      const file = join(destination, found.slice(prefix.length));
      await mkdir(dirname(file), { recursive: true });
      await download(bucket, found, file, input, context);
    }
  },
);

export const s3Upload: ActionModule = forEachInput(
  {
    source: { type: "string", required: true },
    destination: { type: "string", required: true },
    recurse: { type: "boolean" },
    expectedBucketOwner: { type: "string" },
  },
  async (input, context) => {
    const { bucket, key } = address(text(input, "destination"), "S3Upload");
    const found = await matches(machinePath(input, "source", context));
    if (found.length === 0) throw new StepFailure(`S3Upload: source ${text(input, "source")} does not exist`);
    for (const path of found) {
      const files = statSync(path).isDirectory() ? (isTrue(input.recurse) ? await below(path) : []) : [path];
      for (const file of files) {
        const name = key === "" || key.endsWith("/") ? key + relative(dirname(path), file) : key;
        const content = { Body: createReadStream(file), ContentLength: statSync(file).size };
        await ask(context, "S3Upload", () =>
          context.s3.send(
            new PutObjectCommand({ Bucket: bucket, Key: name, ...content, ...ownerOf(input) }),
            {
              abortSignal: context.signal,
            },
          ),
        );
      }
    }
  },
);

async function download(
  bucket: string,
  key: string,
  file: string,
  input: InputMap,
  context: StepContext,
): Promise<void> {
  if (existsSync(file) && isFalse(input.overwrite))
    throw new StepFailure(
      `S3Download: File already exists and "overwrite" property for "destination" file is set to false: ${text(input, "destination")}`,
    );
  if (!existsSync(dirname(file))) throw missingFolder(input);
  const object = await ask(context, "S3Download", () =>
    context.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...ownerOf(input) }), {
      abortSignal: context.signal,
    }),
  );
  await pipeline(object.Body as Readable, createWriteStream(file), { signal: context.signal });
  context.log(`S3Download: ${basename(file)} downloaded from s3://${bucket}/${key}`);
}

/** Says which call failed and why: a denied permission is the usual reason. */
async function ask<T>(context: StepContext, module: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    context.signal.throwIfAborted();
    const { name, message } = error as Error;
    throw new StepFailure(`${module}: ${name}: ${message}`);
  }
}

function address(uri: string, module: string): { bucket: string; key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  if (!bucket) throw new StepFailure(`${module}: '${uri}' is not of the form s3://bucket/key`);
  return { bucket, key: key ?? "" };
}

async function below(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? below(path) : [path];
  });
  return (await Promise.all(nested)).flat();
}

const ownerOf = (input: InputMap): { ExpectedBucketOwner?: string } =>
  input.expectedBucketOwner === undefined ? {} : { ExpectedBucketOwner: text(input, "expectedBucketOwner") };
const missingFolder = (input: InputMap): StepFailure =>
  new StepFailure(`S3Download: the folder of destination ${text(input, "destination")} does not exist`);
