import { writeFileSync } from "node:fs";
import path from "node:path";
import { Testing, type TerraformStack } from "cdktf";

/**
 * A stack in a folder where Terraform can be run on it. Its state stays there, or in the file given: `init` would ask for the
 * bucket, which no test has. Whether a backend takes its arguments, Terraform says when the rehearsal uses it.
 */
export function terraformDirectory(stack: TerraformStack, stateFile?: string): string {
  stack.prepareStack();
  const directory = Testing.fullSynth(stack);
  writeFileSync(
    path.join(directory, "stacks", stack.node.id, "backend_override.tf.json"),
    JSON.stringify({ terraform: { backend: { local: stateFile ? { path: stateFile } : {} } } }),
  );
  return directory;
}
