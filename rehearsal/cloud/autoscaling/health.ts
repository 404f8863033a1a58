import type { Clock } from "../instances/clock";
import type { Instances } from "../instances/instances";
import type { TargetGroups } from "../loadbalancing/target-groups";
import { causes } from "./activities";
import { type Group, type GroupInstance, isLive } from "./group";
import type { RefreshInstance } from "./refresh-state";

export interface HealthSources {
  readonly instances: Instances;
  readonly targetGroups: TargetGroups;
  readonly clock: Clock;
}

/** Marks the instances that fail the group's health checks, the load balancer's after the grace period. */
export function checkInstances(group: Group, sources: HealthSources): void {
  if (group.suspended.has("HealthCheck")) return;
  const { clock } = sources;
  for (const instance of group.instances.values()) {
    if (!isLive(instance) || instance.unhealthy) continue;
    const graceful =
      clock.now() < instance.inServiceAt + clock.milliseconds(group.settings.healthCheckGracePeriod);
    if (!runs(instance, sources)) mark(instance, causes.ec2Check(), "is unhealthy according to Amazon EC2");
    else if (!graceful && loadBalancerState(group, instance, sources) === "unhealthy")
      mark(instance, causes.elbCheck(), complaintOf(group, instance, sources));
  }
}

/** The instance as a refresh sees it: it must be known to be healthy, a grace period does not make it so. */
export function refreshInstance(
  group: Group,
  instance: GroupInstance,
  sources: HealthSources,
): RefreshInstance {
  const healthy = loadBalancerState(group, instance, sources) === "healthy";
  return {
    id: instance.id,
    lifecycle: lifecycleOf(instance),
    healthy: !instance.unhealthy && runs(instance, sources) && healthy,
    complaint: instance.complaint ?? complaintOf(group, instance, sources),
    inServiceAt: instance.inServiceAt,
    protectedFromScaleIn: instance.protectedFromScaleIn,
  };
}

function lifecycleOf({ lifecycle }: GroupInstance): RefreshInstance["lifecycle"] {
  if (lifecycle === "InService") return "inService";
  if (lifecycle === "Pending") return "pending";
  return lifecycle === "Standby" || lifecycle === "EnteringStandby" ? "standby" : "terminating";
}

function complaintOf(group: Group, instance: GroupInstance, sources: HealthSources): string | undefined {
  const state = loadBalancerState(group, instance, sources);
  if (state === "healthy") return instance.unhealthy ? "is unhealthy" : undefined;
  if (state === "unknown") return "has insufficient data to evaluate its health with Elastic Load Balancing";
  const found = [...group.targetGroups].map((arn) => sources.targetGroups.get(arn)?.healthOf(instance.id));
  const description = found.find((health) => health?.State === "unhealthy")?.Description;
  return `is unhealthy according to Elastic Load Balancing (${description})`;
}

function mark(instance: GroupInstance, cause: string, complaint: string | undefined): void {
  instance.unhealthy = cause;
  instance.complaint = complaint;
}

const runs = (instance: GroupInstance, { instances }: HealthSources): boolean =>
  instances.get(instance.id)?.state === "running";

/** The worst that the group's load balancers say; healthy when the group does not ask them. */
function loadBalancerState(
  group: Group,
  instance: GroupInstance,
  { targetGroups }: HealthSources,
): "healthy" | "unhealthy" | "unknown" {
  if (!group.settings.healthCheckType.split(",").includes("ELB")) return "healthy";
  const states = [...group.targetGroups].map((arn) => targetGroups.get(arn)?.healthOf(instance.id).State);
  if (states.includes("unhealthy")) return "unhealthy";
  // a target group that no load balancer uses says nothing about its targets
  return states.every((state) => state === "healthy" || state === "unused") ? "healthy" : "unknown";
}
