import { writeFileSync } from "node:fs";
import path from "node:path";
import { TerraformStack, type App } from "cdktf";
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
  app.synth();
  for (const stack of app.node.children.filter((child) => TerraformStack.isStack(child)))
    writeFileSync(path.join(app.outdir, "stacks", stack.node.id, "versions.tf"), requiredVersion);
  writeFileSync(path.join(app.outdir, "checkov-baseline.json"), checkovBaseline(app));
}
