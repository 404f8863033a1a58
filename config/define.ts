import type { ConfigurationInput } from "./schema";

/** Gives pipeline.config.ts its types; `loadConfiguration` checks what types can't. */
export function definePipeline(configuration: ConfigurationInput): ConfigurationInput {
  return configuration;
}
