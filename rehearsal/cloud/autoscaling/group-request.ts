import type { CreateAutoScalingGroupType, UpdateAutoScalingGroupType } from "@aws-sdk/client-auto-scaling";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type { Cloud } from "../cloud";
import { type LaunchTemplateVersion, readLaunchTemplate } from "../instances/launch-template";
import type { GroupSettings } from "./group";
import { invalid } from "./group-store";

type GroupRequest = Omit<UpdateAutoScalingGroupType, "AutoScalingGroupName"> &
  Partial<Omit<CreateAutoScalingGroupType, "AutoScalingGroupName">>;

/** Members of requests that mean something the local cloud does not do: refused, never ignored. */
const refused = [
  "MixedInstancesPolicy",
  "LaunchConfigurationName",
  "InstanceId",
  "LoadBalancerNames",
  "CapacityReservationSpecification",
  "AvailabilityZoneImpairmentPolicy",
  "InstanceLifecyclePolicy",
  "AvailabilityZoneIds",
  "Operator",
] as const;

/** @throws ServiceError ValidationError */
export function refuseUnserved(request: GroupRequest): void {
  for (const member of refused) {
    const value = request[member];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0))
      throw invalid(
        `${member} is not served by the local cloud: give the group a launch template and subnets`,
      );
  }
  if (request.LifecycleHookSpecificationList?.length)
    throw invalid("LifecycleHookSpecificationList is not served by the local cloud");
}

/** @throws ServiceError ValidationError when the request names no launch template, or one that is not there */
export async function requestedTemplate(cloud: Cloud, request: GroupRequest): Promise<LaunchTemplateVersion> {
  const specification = request.LaunchTemplate;
  if (!specification)
    throw invalid(
      "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.",
    );
  if (specification.LaunchTemplateId && specification.LaunchTemplateName)
    throw invalid("Valid requests must contain either launchTemplateId or LaunchTemplateName");
  return readLaunchTemplate(cloud.backend.ec2, {
    id: specification.LaunchTemplateId,
    name: specification.LaunchTemplateName,
    version: specification.Version,
  });
}

/** The settings of a group after a request, over those it had. @throws ServiceError ValidationError */
export async function settingsAfter(
  cloud: Cloud,
  request: GroupRequest,
  before: GroupSettings | undefined,
): Promise<GroupSettings> {
  refuseUnserved(request);
  const base = before ?? defaults(cloud);
  const template = request.LaunchTemplate || !before ? await requestedTemplate(cloud, request) : undefined;
  return {
    ...base,
    ...sizes(request, base, before !== undefined),
    ...(await places(cloud, request, base)),
    launchTemplate: template
      ? { id: template.id, name: template.name, version: request.LaunchTemplate?.Version ?? "$Default" }
      : base.launchTemplate,
    healthCheckType: request.HealthCheckType ?? base.healthCheckType,
    healthCheckGracePeriod: request.HealthCheckGracePeriod ?? base.healthCheckGracePeriod,
    defaultCooldown: request.DefaultCooldown ?? base.defaultCooldown,
    // -1 takes the value away again
    defaultInstanceWarmup:
      request.DefaultInstanceWarmup === -1
        ? undefined
        : (request.DefaultInstanceWarmup ?? base.defaultInstanceWarmup),
    terminationPolicies: request.TerminationPolicies?.length
      ? request.TerminationPolicies
      : base.terminationPolicies,
    newInstancesProtectedFromScaleIn:
      request.NewInstancesProtectedFromScaleIn ?? base.newInstancesProtectedFromScaleIn,
    capacityRebalance: request.CapacityRebalance ?? base.capacityRebalance,
    maxInstanceLifetime:
      request.MaxInstanceLifetime === 0
        ? undefined
        : (request.MaxInstanceLifetime ?? base.maxInstanceLifetime),
    desiredCapacityType: request.DesiredCapacityType ?? base.desiredCapacityType,
    placementGroup:
      request.PlacementGroup === "" ? undefined : (request.PlacementGroup ?? base.placementGroup),
    context: request.Context ?? base.context,
    serviceLinkedRoleArn: request.ServiceLinkedRoleARN ?? base.serviceLinkedRoleArn,
    instanceMaintenancePolicy: maintenance(request, base),
    deletionProtection: request.DeletionProtection ?? base.deletionProtection,
    availabilityZoneDistribution:
      request.AvailabilityZoneDistribution?.CapacityDistributionStrategy ?? base.availabilityZoneDistribution,
  };
}

function sizes(
  request: GroupRequest,
  base: GroupSettings,
  exists: boolean,
): Pick<GroupSettings, "minSize" | "maxSize" | "desiredCapacity"> {
  const minSize = request.MinSize ?? base.minSize;
  const maxSize = request.MaxSize ?? base.maxSize;
  if (maxSize < minSize)
    throw invalid(`Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`);
  const unchanged = exists ? Math.min(maxSize, Math.max(minSize, base.desiredCapacity)) : minSize;
  const desiredCapacity = request.DesiredCapacity ?? unchanged;
  if (desiredCapacity < minSize || desiredCapacity > maxSize)
    throw invalid(
      `Desired capacity:${desiredCapacity} must be between the specified min size:${minSize} and max size:${maxSize}`,
    );
  return { minSize, maxSize, desiredCapacity };
}

async function places(
  cloud: Cloud,
  request: GroupRequest,
  base: GroupSettings,
): Promise<Pick<GroupSettings, "subnetIds" | "availabilityZones">> {
  const asked = request.VPCZoneIdentifier?.split(",")
    .map((id) => id.trim())
    .filter(Boolean);
  const zones = request.AvailabilityZones;
  if (!asked?.length && !zones?.length) {
    const { subnetIds, availabilityZones } = base;
    if (subnetIds.length > 0) return { subnetIds, availabilityZones };
    throw invalid("At least one Availability Zone or VPC Subnet is required.");
  }
  const found = await cloud.backend.ec2
    .send(
      new DescribeSubnetsCommand(
        asked?.length
          ? { SubnetIds: asked }
          : {
              Filters: [
                { Name: "availability-zone", Values: zones },
                { Name: "default-for-az", Values: ["true"] },
              ],
            },
      ),
    )
    .catch(() => undefined);
  const subnets = found?.Subnets ?? [];
  if (subnets.length === 0 || (asked && subnets.length < asked.length))
    throw invalid(`The subnet ID '${asked?.join(",") ?? ""}' does not exist`);
  return {
    subnetIds: asked?.length ? asked : subnets.map(({ SubnetId }) => SubnetId!),
    availabilityZones: [...new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone!))].sort(),
  };
}

function maintenance(request: GroupRequest, base: GroupSettings): GroupSettings["instanceMaintenancePolicy"] {
  const policy = request.InstanceMaintenancePolicy;
  if (!policy) return base.instanceMaintenancePolicy;
  const { MinHealthyPercentage: min, MaxHealthyPercentage: max } = policy;
  if (min === undefined || max === undefined || min === -1 || max === -1) return undefined;
  if (max - min > 100)
    throw invalid(
      "The difference between MaxHealthyPercentage and MinHealthyPercentage cannot be greater than 100.",
    );
  return policy;
}

const defaults = ({ partition, accountId }: Cloud): GroupSettings => ({
  minSize: 0,
  maxSize: 0,
  desiredCapacity: 0,
  launchTemplate: { id: "", name: "", version: undefined },
  subnetIds: [],
  availabilityZones: [],
  healthCheckType: "EC2",
  healthCheckGracePeriod: 0,
  defaultCooldown: 300,
  defaultInstanceWarmup: undefined,
  terminationPolicies: ["Default"],
  newInstancesProtectedFromScaleIn: false,
  capacityRebalance: undefined,
  maxInstanceLifetime: undefined,
  desiredCapacityType: undefined,
  placementGroup: undefined,
  context: undefined,
  serviceLinkedRoleArn: `arn:${partition}:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
  instanceMaintenancePolicy: undefined,
  deletionProtection: undefined,
  availabilityZoneDistribution: "balanced-best-effort",
});
