import type {
  Activity,
  DesiredConfiguration,
  InstanceMaintenancePolicy,
  LifecycleState,
  RefreshPreferences,
} from "@aws-sdk/client-auto-scaling";
import type { LaunchTemplateReference, LaunchTemplateVersion } from "../instances/launch-template";
import type { RefreshSettings, RefreshState } from "./refresh-state";

export interface GroupInstance {
  readonly id: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly template: LaunchTemplateVersion;
  readonly inServiceAt: number;
  lifecycle: LifecycleState;
  /** The cause of being unhealthy, in the words of a scaling activity; undefined: healthy. */
  unhealthy: string | undefined;
  /** What the failed check found, in the words of an instance refresh's status reason. */
  complaint: string | undefined;
  protectedFromScaleIn: boolean;
}

export interface GroupTag {
  readonly key: string;
  readonly value: string;
  readonly propagateAtLaunch: boolean;
}

/** What a group was configured with; read back as it was written. Seconds are those of AWS. */
export interface GroupSettings {
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  launchTemplate: LaunchTemplateReference & { readonly id: string; readonly name: string };
  subnetIds: readonly string[];
  availabilityZones: readonly string[];
  healthCheckType: string;
  healthCheckGracePeriod: number;
  defaultCooldown: number;
  defaultInstanceWarmup: number | undefined;
  terminationPolicies: readonly string[];
  newInstancesProtectedFromScaleIn: boolean;
  capacityRebalance: boolean | undefined;
  maxInstanceLifetime: number | undefined;
  desiredCapacityType: string | undefined;
  placementGroup: string | undefined;
  context: string | undefined;
  serviceLinkedRoleArn: string;
  instanceMaintenancePolicy: InstanceMaintenancePolicy | undefined;
  deletionProtection: string | undefined;
  availabilityZoneDistribution: string;
}

/** An instance refresh with what it was started with. */
export interface Refresh {
  readonly id: string;
  readonly preferences: RefreshPreferences;
  readonly desiredConfiguration: DesiredConfiguration | undefined;
  /** What new instances are launched from while it goes on. */
  readonly template: LaunchTemplateVersion;
  /** What the group gets when it succeeds; undefined: it keeps what it has. */
  readonly launchTemplate: GroupSettings["launchTemplate"] | undefined;
  readonly alarms: readonly string[];
  readonly settings: RefreshSettings;
  /** Why it can't be rolled back, if so. */
  readonly irreversible: string | undefined;
  state: RefreshState;
}

export interface Group {
  readonly name: string;
  readonly arn: string;
  readonly createdTime: Date;
  settings: GroupSettings;
  readonly instances: Map<string, GroupInstance>;
  readonly tags: Map<string, GroupTag>;
  /** Target groups by ARN. */
  readonly targetGroups: Set<string>;
  readonly suspended: Map<string, string>;
  readonly enabledMetrics: Set<string>;
  /** Newest first. */
  readonly refreshes: Refresh[];
  readonly activities: Activity[];
  /** The user's request behind the next difference between desired and actual capacity. */
  request: string | undefined;
  /** Instances to be launched in place of unhealthy ones. */
  replacements: number;
  launchFailure: { readonly message: string; readonly retryAt: number } | undefined;
  deleting: boolean;
}

const leaving = new Set<LifecycleState>([
  "Terminating",
  "Terminating:Wait",
  "Terminating:Proceed",
  "Terminated",
]);

/** Pending or in service: what counts as the group's capacity. */
export const isLive = ({ lifecycle }: GroupInstance): boolean =>
  lifecycle === "InService" || lifecycle === "Pending";
export const isLeaving = ({ lifecycle }: GroupInstance): boolean => leaving.has(lifecycle);
export const isStandby = ({ lifecycle }: GroupInstance): boolean =>
  lifecycle === "Standby" || lifecycle === "EnteringStandby";

export const liveInstances = (group: Group): GroupInstance[] => [...group.instances.values()].filter(isLive);
