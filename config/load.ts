import { readFileSync } from "node:fs";
import { UserError } from "../cli/user-error";
import { type Configuration, type LoadBalancerConfiguration } from "./configuration";
import { describe } from "./describe";
import { isLoadBalanced, quote, rules, type Problem } from "./rules";
import {
  configurationSchema,
  defaultInstanceTypes,
  loadBalancerSchema,
  type ParsedConfiguration,
  type ParsedEnvironment,
} from "./schema";
import { settle } from "./settle";

/** Every mistake of a configuration, one a line. */
export class ConfigurationError extends UserError {
  constructor(
    readonly problems: readonly Problem[],
    source: string,
  ) {
    const count = problems.length === 1 ? "1 mistake" : `${problems.length} mistakes`;
    super(`${source} has ${count}:\n${problems.map(({ path, text }) => `  ${path}: ${text}`).join("\n")}`);
  }
}

/**
 * The configuration that a command works with.
 * @param input what pipeline.config.ts exports
 * @throws ConfigurationError naming every mistake
 */
export function loadConfiguration(input: unknown): Configuration {
  const chosen = readConfigurationInput(input);
  return parseConfiguration(chosen.input, chosen.source);
}

/**
 * PIPELINE_CONFIG=<file.json> puts another configuration in the place of pipeline.config.ts: the rehearsal and tests
 * deploy with it what the user's own file must not be changed for. This is the only place that reads the variable.
 */
export function readConfigurationInput(input: unknown): { readonly input: unknown; readonly source: string } {
  const file = process.env["PIPELINE_CONFIG"];
  if (file === undefined || file === "") return { input, source: "pipeline.config.ts" };
  try {
    return { input: JSON.parse(readFileSync(file, "utf8")) as unknown, source: file };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`PIPELINE_CONFIG names ${quote(file)}, which can't be read as JSON: ${reason}`);
  }
}

/** @throws ConfigurationError naming every mistake */
export function parseConfiguration(input: unknown, source = "the configuration"): Configuration {
  const result = configurationSchema.safeParse(input);
  const problems = [
    ...(result.success ? [] : result.error.issues.flatMap((issue) => describe(issue, input))),
    ...rules.flatMap((rule) => rule(settle(input))),
  ];
  if (!result.success || problems.length > 0) throw new ConfigurationError(problems, source);
  return complete(result.data);
}

/** Fills in the defaults that depend on other settings. */
function complete(parsed: ParsedConfiguration): Configuration {
  const { instanceType, builderInstanceType, image, noticesTo, environments, ...rest } = parsed;
  const defaults = defaultInstanceTypes[parsed.architecture];
  return {
    ...rest,
    instanceType: instanceType ?? defaults.instanceType,
    builderInstanceType: builderInstanceType ?? defaults.builderInstanceType,
    image: { ...image, baseImageSchedule: image.baseImageSchedule },
    noticesTo,
    environments: environments.map((environment) => ({
      ...environment,
      loadBalancer: isLoadBalanced(environment.loadBalancer, parsed.subnetIds)
        ? loadBalancer(environment)
        : undefined,
    })),
  };
}

function loadBalancer({ loadBalancer }: ParsedEnvironment): LoadBalancerConfiguration {
  const { certificateArn, ...rest } = loadBalancer || loadBalancerSchema.parse({});
  return { ...rest, certificateArn };
}
