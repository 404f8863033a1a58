import {
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  type AutoScalingClient,
  type AutoScalingGroup,
  type InstanceRefresh,
  type InstanceRefreshStatus,
} from "@aws-sdk/client-auto-scaling";
import { jobFailed } from "./action-failure";
import type { LaunchTemplate } from "./launch-template";

const underWay: ReadonlySet<InstanceRefreshStatus> = new Set<InstanceRefreshStatus>([
  "Pending",
  "InProgress",
  "Cancelling",
  "RollbackInProgress",
  "Baking",
]);

export function isUnderWay({ Status }: InstanceRefresh): boolean {
  return Status !== undefined && underWay.has(Status);
}

/** @throws ActionFailure when there is no such group */
export async function describeGroup(autoScaling: AutoScalingClient, name: string): Promise<AutoScalingGroup> {
  const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  if (!group) throw jobFailed(`the Auto Scaling group ${name} does not exist; deploy its fleet stack first`);
  return group;
}

/** @returns what stands on a launch template version, in words, so that it has to stay; undefined: it may go */
export async function usersOf(
  version: string,
  autoScaling: AutoScalingClient,
  groupName: string,
  template: LaunchTemplate,
): Promise<string | undefined> {
  const { LaunchTemplate: used, Instances = [] } = await describeGroup(autoScaling, groupName);
  if (used?.Version === version) return `${groupName} uses it`;
  const running = Instances.filter(
    ({ LaunchTemplate: of, LifecycleState = "" }) =>
      of?.Version === version && !LifecycleState.startsWith("Terminat"),
  );
  if (running.length > 0) return `${running.length} instances run it`;
  // the group has the version of a refresh only when that has succeeded
  const { InstanceRefreshes = [] } = await autoScaling.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: groupName }),
  );
  const refresh = InstanceRefreshes.find(
    (one) => isUnderWay(one) && one.DesiredConfiguration?.LaunchTemplate?.Version === version,
  );
  if (refresh) return `instance refresh ${refresh.InstanceRefreshId} brings it to ${groupName}`;
  return (await template.defaultVersion()) === version ? "it is the default version" : undefined;
}
