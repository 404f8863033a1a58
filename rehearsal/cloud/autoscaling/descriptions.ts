import type {
  AutoScalingGroup,
  AutoScalingInstanceDetails,
  Filter,
  Instance,
  InstanceRefresh,
  TagDescription,
} from "@aws-sdk/client-auto-scaling";
import type { Group, GroupInstance, Refresh } from "./group";
import { isActive } from "./refresh-state";

/** A group as DescribeAutoScalingGroups shows it. */
export function describeGroup(group: Group): AutoScalingGroup {
  const { settings } = group;
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    LaunchTemplate: {
      LaunchTemplateId: settings.launchTemplate.id,
      LaunchTemplateName: settings.launchTemplate.name,
      Version: settings.launchTemplate.version,
    },
    MinSize: settings.minSize,
    MaxSize: settings.maxSize,
    DesiredCapacity: settings.desiredCapacity,
    DefaultCooldown: settings.defaultCooldown,
    AvailabilityZones: [...settings.availabilityZones],
    LoadBalancerNames: [],
    TargetGroupARNs: [...group.targetGroups],
    HealthCheckType: settings.healthCheckType,
    HealthCheckGracePeriod: settings.healthCheckGracePeriod,
    Instances: [...group.instances.values()].map(describeInstance),
    CreatedTime: group.createdTime,
    SuspendedProcesses: [...group.suspended].map(([ProcessName, SuspensionReason]) => ({
      ProcessName,
      SuspensionReason,
    })),
    PlacementGroup: settings.placementGroup,
    VPCZoneIdentifier: settings.subnetIds.join(","),
    EnabledMetrics: [...group.enabledMetrics].map((Metric) => ({ Metric, Granularity: "1Minute" })),
    Status: group.deleting ? "Delete in progress" : undefined,
    Tags: describeTags(group),
    TerminationPolicies: [...settings.terminationPolicies],
    NewInstancesProtectedFromScaleIn: settings.newInstancesProtectedFromScaleIn,
    ServiceLinkedRoleARN: settings.serviceLinkedRoleArn,
    MaxInstanceLifetime: settings.maxInstanceLifetime,
    CapacityRebalance: settings.capacityRebalance,
    Context: settings.context,
    DesiredCapacityType: settings.desiredCapacityType,
    DefaultInstanceWarmup: settings.defaultInstanceWarmup,
    TrafficSources: [...group.targetGroups].map((Identifier) => ({ Identifier, Type: "elbv2" })),
    InstanceMaintenancePolicy: settings.instanceMaintenancePolicy,
    DeletionProtection: settings.deletionProtection as AutoScalingGroup["DeletionProtection"],
    AvailabilityZoneDistribution: {
      CapacityDistributionStrategy: settings.availabilityZoneDistribution as "balanced-best-effort",
    },
    CapacityReservationSpecification: { CapacityReservationPreference: "default" },
  };
}

export function describeInstance(instance: GroupInstance): Instance {
  return {
    InstanceId: instance.id,
    InstanceType: instance.instanceType,
    AvailabilityZone: instance.availabilityZone,
    LifecycleState: instance.lifecycle,
    HealthStatus: instance.unhealthy ? "Unhealthy" : "Healthy",
    LaunchTemplate: templateOf(instance),
    ImageId: instance.imageId,
    ProtectedFromScaleIn: instance.protectedFromScaleIn,
  };
}

/** DescribeAutoScalingInstances writes the health in capitals. */
export function describeManaged(group: Group, instance: GroupInstance): AutoScalingInstanceDetails {
  const described = describeInstance(instance) as AutoScalingInstanceDetails;
  return {
    ...described,
    AutoScalingGroupName: group.name,
    HealthStatus: instance.unhealthy ? "UNHEALTHY" : "HEALTHY",
  };
}

export function describeTags(group: Group): TagDescription[] {
  return [...group.tags.values()].map(({ key, value, propagateAtLaunch }) => ({
    ResourceId: group.name,
    ResourceType: "auto-scaling-group",
    Key: key,
    Value: value,
    PropagateAtLaunch: propagateAtLaunch,
  }));
}

export function describeRefresh(group: Group, refresh: Refresh): InstanceRefresh {
  const { state } = refresh;
  const asked = isActive(state) ? state.asked : undefined;
  const { rollback } = state;
  return {
    InstanceRefreshId: refresh.id,
    AutoScalingGroupName: group.name,
    Status: asked === "rollback" ? "RollbackInProgress" : asked ? "Cancelling" : state.status,
    StatusReason: state.statusReason,
    StartTime: new Date(state.startedAt),
    EndTime: state.endedAt === undefined ? undefined : new Date(state.endedAt),
    PercentageComplete: state.percentageComplete,
    InstancesToUpdate: state.instancesToUpdate,
    Preferences: refresh.preferences,
    DesiredConfiguration: refresh.desiredConfiguration,
    Strategy: "Rolling",
    RollbackDetails: rollback && {
      RollbackReason: rollback.reason,
      RollbackStartTime: new Date(rollback.startedAt),
      PercentageCompleteOnRollback: rollback.percentageComplete,
      InstancesToUpdateOnRollback: rollback.instancesToUpdate,
    },
  };
}

/** Filters of DescribeAutoScalingGroups: `tag-key`, `tag-value` and `tag:<key>`; all of them must hold. */
export function passes(group: Group, filters: readonly Filter[]): boolean {
  const tags = [...group.tags.values()];
  return filters.every(({ Name = "", Values = [] }) => {
    if (Name === "tag-key") return tags.some(({ key }) => Values.includes(key));
    if (Name === "tag-value") return tags.some(({ value }) => Values.includes(value));
    if (Name.startsWith("tag:"))
      return tags.some(({ key, value }) => key === Name.slice(4) && Values.includes(value));
    return false;
  });
}

const templateOf = ({ template }: GroupInstance): Instance["LaunchTemplate"] => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  Version: String(template.version),
});
