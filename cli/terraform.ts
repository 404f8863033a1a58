import { run } from "./program";
import { terraformProgram } from "./requirements";
import { UserError } from "./user-error";

/** Runs one Terraform command in a folder, without questions. @throws UserError with Terraform's own error */
export async function terraform(directory: string, args: readonly string[]): Promise<string> {
  const { code, output } = await run(terraformProgram(), [...args, "-input=false", "-no-color"], {
    directory,
    environment: { TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" },
  });
  if (code === 0) return output;
  throw new UserError(`${terraformProgram()} ${args[0]} failed:\n${errorsOf(output).replace(/^/gm, "  ")}`);
}

/** Terraform's error boxes without their frames, or everything when there are none. */
function errorsOf(output: string): string {
  const start = output.indexOf("Error: ");
  const text = start === -1 ? output : output.slice(start);
  return text
    .split("\n")
    .map((one) => one.replace(/^[╷│╵]\s?/, ""))
    .join("\n")
    .trim();
}
