import { safeParse, type core } from "zod";
import { isRecord, type Given } from "./given";
import { type Settled, type SettledEnvironment, type SettledLoadBalancer } from "./rules";
import {
  configurationSchema,
  loadBalancerSchema,
  type ParsedConfiguration,
  type ParsedEnvironment,
} from "./schema";

type EnvironmentShape = typeof configurationSchema.shape.environments.element.shape;

/** The parts of a configuration that are right by themselves. */
export function settle(input: unknown): Settled {
  const { environments, subnetIds, ...shape } = configurationSchema.shape;
  const given = isRecord(input) ? input : {};
  return {
    ...(settleSettings(shape, given) as Partial<ParsedConfiguration>),
    subnetIds: settleList(subnetIds.unwrap().element, given["subnetIds"]),
    environments: (Array.isArray(given["environments"]) ? given["environments"] : []).map((one: unknown) =>
      settleEnvironment(environments.element.shape, isRecord(one) ? one : {}),
    ),
  };
}

function settleEnvironment(
  { loadBalancer: _, ...shape }: EnvironmentShape,
  given: Given,
): SettledEnvironment {
  const chosen = given["loadBalancer"];
  return {
    ...(settleSettings(shape, given) as Partial<ParsedEnvironment>),
    loadBalancer: isRecord(chosen) ? settleLoadBalancer(chosen) : chosen === false ? false : undefined,
  };
}

function settleLoadBalancer(given: Given): SettledLoadBalancer {
  const { allowedCidrs, certificateArn } = loadBalancerSchema.shape;
  return {
    allowedCidrs: settleList(allowedCidrs.unwrap().element, given["allowedCidrs"]),
    certificateArn: certificateArn.safeParse(given["certificateArn"]).data,
    encrypted: given["certificateArn"] !== undefined,
  };
}

function settleSettings(shape: Record<string, core.$ZodType>, given: Given): Given {
  const results = Object.entries(shape).map(
    ([key, schema]) => [key, safeParse(schema, given[key]).data] as const,
  );
  return Object.fromEntries(results.filter(([, value]) => value !== undefined));
}

/** The list with gaps where an element is wrong. */
function settleList(element: core.$ZodType<string>, given: unknown): (string | undefined)[] {
  return Array.isArray(given) ? given.map((one: unknown) => safeParse(element, one).data) : [];
}
