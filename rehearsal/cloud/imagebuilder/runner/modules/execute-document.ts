import { GetObjectCommand } from "@aws-sdk/client-s3";
import { readFile } from "node:fs/promises";
import { DocumentError } from "../../document-fields";
import { type ActionModule, type StepContext, StepFailure, text } from "../action-module";
import type { ComponentDocument, InputMap } from "../document";
import { parseDocument } from "../parse-document";
import { existing } from "./paths";

const bucketOwner = "document-s3-bucket-owner";

/**
 * Runs another document, of which the step has no output: a file of the machine, an object in S3, or a component.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-action-modules.html
 */
export const executeDocument: ActionModule = {
  takes: "map",
  unlimited: true,
  inputs: {
    document: { type: "string", required: true },
    [bucketOwner]: { type: "string" },
    phases: { type: "string" },
    parameters: { type: "maps" },
  },
  async run(inputs, context) {
    const input = inputs as InputMap;
    const document = parsed(await sourceOf(input, context), input);
    const phases = text(input, "phases")
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean);
    const missing = phases.find((name) => !document.phases.some((phase) => phase.name === name));
    if (missing) throw failure(input, `has no phase '${missing}'`);
    const given = (input.parameters ?? []) as readonly InputMap[];
    const parameters = new Map(given.map((each) => [text(each, "name"), text(each, "value")]));
    for (const { name, default: preset } of document.parameters)
      if (preset === undefined && !parameters.has(name))
        throw failure(input, `needs the parameter '${name}'`);
    const failed = await context.nested(document, parameters, phases);
    if (failed)
      throw failure(input, `failed: step '${failed.step}' in phase '${failed.phase}': ${failed.message}`);
    return {};
  },
};

async function sourceOf(input: InputMap, context: StepContext): Promise<string> {
  const place = text(input, "document");
  if (place.startsWith("arn:")) return context.component(place);
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(place) ?? [];
  if (!bucket) return readFile(existing(input, "document", "ExecuteDocument", context), "utf8");
  const owner = input[bucketOwner] === undefined ? {} : { ExpectedBucketOwner: text(input, bucketOwner) };
  try {
    const object = await context.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...owner }), {
      abortSignal: context.signal,
    });
    return await object.Body!.transformToString();
  } catch (error) {
    context.signal.throwIfAborted();
    throw failure(input, `could not be read: ${(error as Error).message}`);
  }
}

function parsed(source: string, input: InputMap): ComponentDocument {
  try {
    return parseDocument(source);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw failure(input, `is not valid: ${error.message}`);
  }
}

const failure = (input: InputMap, what: string): StepFailure =>
  new StepFailure(`ExecuteDocument: ${text(input, "document")} ${what}`);
