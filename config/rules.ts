import { architectureOf } from "./instance-types";
import { limitedNames } from "./limits";
import { Names } from "./names";
import { defaultInstanceTypes, type ParsedConfiguration, type ParsedEnvironment } from "./schema";

/** One mistake: which setting, and what is wrong with it and allowed instead. */
export interface Problem {
  readonly path: string;
  readonly text: string;
}

/**
 * The settings that are right by themselves, setting by setting and element by element. A rule looks at those and keeps
 * silent about the others, which have a message of their own already, so all mistakes can be reported at once.
 */
export interface Settled extends Partial<Omit<ParsedConfiguration, "environments" | "subnetIds">> {
  readonly environments: readonly SettledEnvironment[];
  readonly subnetIds: readonly (string | undefined)[];
}

export interface SettledEnvironment extends Partial<Omit<ParsedEnvironment, "loadBalancer">> {
  readonly loadBalancer?: false | SettledLoadBalancer | undefined;
}

export interface SettledLoadBalancer {
  readonly allowedCidrs?: readonly (string | undefined)[] | undefined;
  readonly certificateArn?: string | undefined;
  /** whether a certificate is given, right or wrong */
  readonly encrypted: boolean;
}

type Rule = (settled: Settled) => Problem[];

export const rules: readonly Rule[] = [
  fittingInstanceTypes,
  distinctSubnets,
  distinctEnvironments,
  notTooManyEnvironments,
  capacityWithinMax,
  healthyPercentagesApart,
  loadBalancersInTwoZones,
  certificatesInRegion,
  encryptedWhenPublic,
  separateBuckets,
  namesWithinLimits,
];

function fittingInstanceTypes({ architecture, instanceType, builderInstanceType }: Settled): Problem[] {
  if (architecture === undefined) return [];
  return Object.entries({ instanceType, builderInstanceType }).flatMap(([path, type]) => {
    if (type === undefined) return [];
    const actual = architectureOf(type);
    if (actual === architecture) return [];
    const fitting = defaultInstanceTypes[architecture].instanceType;
    return [
      {
        path,
        text: `${quote(type)} is ${actual}, but architecture is "${architecture}"; allowed: a type of that architecture, such as "${fitting}"`,
      },
    ];
  });
}

function distinctSubnets({ subnetIds }: Settled): Problem[] {
  return repeats(subnetIds).map(({ index, first, value }) => ({
    path: `subnetIds[${index}]`,
    text: `${quote(value)} is listed already, as subnetIds[${first}]; allowed: each subnet once`,
  }));
}

function distinctEnvironments({ environments }: Settled): Problem[] {
  return repeats(environments.map(({ name }) => name)).map(({ index, first, value }) => ({
    path: `environments[${index}].name`,
    text: `${quote(value)} is the name of environments[${first}] already; allowed: a name that no other environment has`,
  }));
}

/**
 * A pipeline has at most 50 stages; Source, BuildCode and BuildImage are three of them.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
 */
const mostEnvironments = 50 - 3;

function notTooManyEnvironments({ environments }: Settled): Problem[] {
  if (environments.length <= mostEnvironments) return [];
  return [
    {
      path: "environments",
      text: `${environments.length} environments, but a pipeline of CodePipeline has at most 50 stages; allowed: at most ${mostEnvironments}`,
    },
  ];
}

function capacityWithinMax({ environments }: Settled): Problem[] {
  return each(environments, ({ capacity }, path) =>
    capacity === undefined || capacity.desired <= capacity.max
      ? []
      : [
          {
            path: `${path}.capacity.desired`,
            text: `${capacity.desired} is more than max, ${capacity.max}; allowed: a whole number from 0 to ${capacity.max}`,
          },
        ],
  );
}

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html: at most 100 apart. */
function healthyPercentagesApart({ environments }: Settled): Problem[] {
  return each(environments, ({ rollOut }, path) =>
    rollOut === undefined || rollOut.maxHealthyPercentage - rollOut.minHealthyPercentage <= 100
      ? []
      : [
          {
            path: `${path}.rollOut.maxHealthyPercentage`,
            text: `${rollOut.maxHealthyPercentage} is more than 100 above minHealthyPercentage, ${rollOut.minHealthyPercentage}; allowed: a whole percentage from 100 to ${rollOut.minHealthyPercentage + 100}`,
          },
        ],
  );
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html: two zones or more. */
function loadBalancersInTwoZones({ environments, subnetIds }: Settled): Problem[] {
  if (subnetIds.length !== 1) return [];
  return each(environments, ({ loadBalancer }, path) =>
    loadBalancer === undefined || loadBalancer === false
      ? []
      : [
          {
            path: `${path}.loadBalancer`,
            text: `a load balancer needs subnets in two zones, but subnetIds has only ${quote(subnetIds[0])}; allowed: false, or two or more subnets, or none for those of the default VPC`,
          },
        ],
  );
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html: certificates are regional. */
function certificatesInRegion({ environments, region }: Settled): Problem[] {
  if (region === undefined) return [];
  return each(environments, ({ loadBalancer }, path) => {
    const arn = loadBalancer ? loadBalancer.certificateArn : undefined;
    const actual = arn?.split(":")[3];
    if (actual === undefined || actual === region) return [];
    return [
      {
        path: `${path}.loadBalancer.certificateArn`,
        text: `${quote(arn)} is a certificate in ${actual}; allowed: one in ${region}, where the load balancer is`,
      },
    ];
  });
}

/** Whoever opens an application to everybody encrypts it. */
function encryptedWhenPublic({ environments }: Settled): Problem[] {
  return each(environments, ({ loadBalancer }, path) => {
    if (!loadBalancer || loadBalancer.encrypted) return [];
    return (loadBalancer.allowedCidrs ?? []).flatMap((block, index) =>
      block?.endsWith("/0")
        ? [
            {
              path: `${path}.loadBalancer.allowedCidrs[${index}]`,
              text: `${quote(block)} would offer plain HTTP to the whole internet; allowed: a narrower block, or a certificateArn beside it`,
            },
          ]
        : [],
    );
  });
}

function separateBuckets({ name, region, accountId, stateBucket }: Settled): Problem[] {
  if (name === undefined || region === undefined || accountId === undefined) return [];
  if (stateBucket !== new Names({ name, region, accountId }).artifactBucket) return [];
  return [
    {
      path: "stateBucket",
      text: `${quote(stateBucket)} is the pipeline's artifact bucket; allowed: a bucket of its own`,
    },
  ];
}

/** Only the name furthest over its limit is reported for a setting: shortening for that one shortens for all. */
function namesWithinLimits({ name, region, accountId, subnetIds, environments }: Settled): Problem[] {
  if (name === undefined || region === undefined || accountId === undefined) return [];
  const derived = limitedNames({
    name,
    region,
    accountId,
    environments: environments.flatMap(({ name, loadBalancer }, index) =>
      name === undefined ? [] : [{ index, name, loadBalanced: isLoadBalanced(loadBalancer, subnetIds) }],
    ),
  });
  const excess = (one: { name: string; limit: number }) => one.name.length - one.limit;
  const worst = new Map<string, (typeof derived)[number]>();
  for (const one of derived) {
    const known = worst.get(one.setting);
    if (excess(one) > 0 && (known === undefined || excess(one) > excess(known))) worst.set(one.setting, one);
  }
  // Too long a name makes every environment's names too long: one message is enough.
  const reported = [...worst.values()].filter(({ setting }) => setting === "name" || !worst.has("name"));
  return reported.map((one) => {
    const given = settingOf(one.setting, name, environments);
    const room = given.length - excess(one);
    const remedy = room > 1 ? `at most ${room} characters` : `a shorter name, as "${name}" leaves no room`;
    return {
      path: one.setting,
      text: `${quote(given)} makes the name of the ${one.bearer} ${one.name.length} characters long, and AWS takes ${one.limit}; allowed: ${remedy}`,
    };
  });
}

/** Whether an environment has a load balancer once the default is filled in. */
export function isLoadBalanced(chosen: false | object | undefined, subnetIds: readonly unknown[]): boolean {
  return chosen === undefined ? subnetIds.length >= 2 : chosen !== false;
}

export function quote(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function settingOf(setting: string, name: string, environments: Settled["environments"]): string {
  const index = /\[(\d+)\]/.exec(setting)?.[1];
  return index === undefined ? name : (environments[Number(index)]?.name ?? "");
}

function each(
  environments: Settled["environments"],
  problems: (environment: SettledEnvironment, path: string) => Problem[],
): Problem[] {
  return environments.flatMap((environment, index) => problems(environment, `environments[${index}]`));
}

function repeats(values: readonly (string | undefined)[]): { index: number; first: number; value: string }[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    return value === undefined || first === index ? [] : [{ index, first, value }];
  });
}
