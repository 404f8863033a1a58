import { writeFileSync } from "node:fs";
import type { ConfigurationInput } from "../config/schema";

/** The same configuration with an approval before each roll-out to one environment. */
export function withApproval(input: ConfigurationInput, environmentName: string): ConfigurationInput {
  return {
    ...input,
    environments: input.environments.map((environment) =>
      environment.name === environmentName ? { ...environment, approval: true } : environment,
    ),
  };
}

/** For `PIPELINE_CONFIG`. */
export function writeConfiguration(file: string, input: ConfigurationInput): void {
  writeFileSync(file, JSON.stringify(input, undefined, 2));
}
