import type { GroupInstance } from "./group";

/**
 * Which instance a scale-in ends: one that is not in service yet, then by the default policy: in the Availability Zone
 * with the most instances, from the oldest launch template, the oldest one. Protected instances are never chosen.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
 */
export function chooseForTermination(
  instances: readonly GroupInstance[],
  count: number,
  policies: readonly string[],
): GroupInstance[] {
  const remaining = [...instances];
  const chosen: GroupInstance[] = [];
  while (chosen.length < count) {
    const next = choose(remaining, policies);
    if (!next) break;
    chosen.push(next);
    remaining.splice(remaining.indexOf(next), 1);
  }
  return chosen;
}

function choose(instances: readonly GroupInstance[], policies: readonly string[]): GroupInstance | undefined {
  const perZone = new Map<string, number>();
  for (const { availabilityZone } of instances)
    perZone.set(availabilityZone, (perZone.get(availabilityZone) ?? 0) + 1);
  const fullest = Math.max(...perZone.values());
  const age = policies[0] === "NewestInstance" ? -1 : 1;
  return instances
    .filter(({ protectedFromScaleIn }) => !protectedFromScaleIn)
    .sort(
      (a, b) =>
        Number(a.lifecycle === "InService") - Number(b.lifecycle === "InService") ||
        Number(perZone.get(b.availabilityZone) === fullest) -
          Number(perZone.get(a.availabilityZone) === fullest) ||
        (policies[0] === "Default" || policies[0] === "OldestLaunchTemplate"
          ? versionOf(a) - versionOf(b)
          : 0) ||
        age * (a.inServiceAt - b.inServiceAt),
    )[0];
}

const versionOf = ({ template }: GroupInstance): number => template.version;
