import { writeFileSync } from "node:fs";
import path from "node:path";
import { TerraformStack, Tokenization, type App } from "cdktf";
import { checkovBaseline } from "../constructs/shared/accepted-finding";

/**
 * Older ones lack S3's own lock. In a file of its own and in HCL, because checkov can't read a stack that has it in its
 * JSON, and then finds nothing at all.
 */
const requiredVersion = 'terraform {\n  required_version = ">= 1.10"\n}\n';

/**
 * For the process that synthesizes: cdktf notes for every token where in the code it was made, with stack traces of
 * unlimited depth. That is a quarter of the time, and for messages of its own that name the construct anyway.
 */
export function skipCreationTraces(): void {
  Error.captureStackTrace = () => undefined;
}

/** Writes every stack, and beside them the findings of checkov that are accepted; .checkov.yaml names the file. */
export function synthesize(app: App): void {
  resolvingOnce(() => app.synth());
  for (const stack of app.node.children.filter((child) => TerraformStack.isStack(child)))
    writeFileSync(path.join(app.outdir, "stacks", stack.node.id, "versions.tf"), requiredVersion);
  writeFileSync(path.join(app.outdir, "checkov-baseline.json"), checkovBaseline(app));
}

/**
 * cdktf resolves the references in every element of a stack, and then in the stack put together from them, where none is
 * left: a test looks for some. In an element, it looks at every setting, also at those that nobody set; only those that
 * may be references need it. Together that is half of what an environment costs.
 */
function resolvingOnce(synth: () => void): void {
  const { resolve } = Tokenization;
  Tokenization.resolve = (value: unknown, options) =>
    isWholeStack(value) ? value : resolved(value, (part) => resolve(part, options) as unknown);
  try {
    synth();
  } finally {
    Tokenization.resolve = resolve;
  }
}

/** Whether cdktf has put it together: only then is there a stack's name beside its metadata. */
function isWholeStack(value: unknown): boolean {
  return (
    isPlain(value) &&
    isPlain(value["//"]) &&
    isPlain(value["//"]["metadata"]) &&
    "stackName" in value["//"]["metadata"]
  );
}

/** What `resolve` makes of settings, without its time for what refers to nothing. */
function resolved(value: unknown, resolve: (value: unknown) => unknown): unknown {
  if (value === undefined || value === null || typeof value === "boolean") return value;
  if (typeof value === "string" && !mayRefer(value)) return value;
  if (Array.isArray(value) && !value.some(mayRefer))
    return value.map((one) => resolved(one, resolve)).filter((one) => one !== undefined);
  if (!isPlain(value)) return resolve(value);
  const keys = Object.keys(value);
  if (keys.some(mayRefer)) return resolve(value);
  const settings: Record<string, unknown> = {};
  for (const key of keys) {
    const setting = resolved(value[key], resolve);
    if (setting !== undefined) settings[key] = setting;
  }
  return settings;
}

/** cdktf writes a reference into a string in braces, and one to a number as a number too great to be meant. */
function mayRefer(value: unknown): boolean {
  return typeof value === "number" || (typeof value === "string" && /[{}]|\de\+/i.test(value));
}

/** Whether it is settings and not a reference or another object with a life of its own. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
