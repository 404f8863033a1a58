import type {
  CancelInstanceRefreshAnswer,
  CancelInstanceRefreshType,
  DescribeInstanceRefreshesAnswer,
  DescribeInstanceRefreshesType,
  RollbackInstanceRefreshAnswer,
  RollbackInstanceRefreshType,
  StartInstanceRefreshAnswer,
  StartInstanceRefreshType,
} from "@aws-sdk/client-auto-scaling";
import { randomUUID } from "node:crypto";
import { page } from "../../api/page";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import type { Cloud } from "../../cloud";
import type { Clock } from "../../instances/clock";
import { type LaunchTemplateVersion, readLaunchTemplate } from "../../instances/launch-template";
import { describeRefresh } from "../descriptions";
import type { Group, Refresh } from "../group";
import type { GroupControl } from "../group-control";
import { describing, type GroupStore, invalid } from "../group-store";
import { launchPermissions } from "../launch-permissions";
import { checkAlarms, filledIn, irreversible, refreshSettings } from "../refresh-request";
import { isActive, pendingRefresh } from "../refresh-state";

/** Starting, following, cancelling and rolling back instance refreshes. */
export function refreshOperations(cloud: Cloud, clock: Clock, store: GroupStore, control: GroupControl) {
  const { ec2, cloudWatch } = cloud.backend;

  const desiredTemplate = (input: StartInstanceRefreshType): Promise<LaunchTemplateVersion> | undefined => {
    const wanted = input.DesiredConfiguration?.LaunchTemplate;
    return (
      wanted &&
      readLaunchTemplate(ec2, {
        id: wanted.LaunchTemplateId,
        name: wanted.LaunchTemplateName,
        version: wanted.Version,
      })
    );
  };
  const activeRefresh = (name: string): { group: Group; refresh: Refresh } => {
    const group = store.get(name);
    const [refresh] = group.refreshes;
    if (!refresh || !isActive(refresh.state))
      throw new ServiceError(
        "ActiveInstanceRefreshNotFound",
        `No in progress or pending Instance Refresh found for Auto Scaling group ${name}`,
      );
    return { group, refresh };
  };

  const startInstanceRefresh: Operation<StartInstanceRefreshType, StartInstanceRefreshAnswer> = {
    async permissions(input) {
      const own = store.permission("StartInstanceRefresh", input.AutoScalingGroupName!);
      const group = store.find(input.AutoScalingGroupName!);
      const template = await desiredTemplate(input);
      return template
        ? [own, ...(await launchPermissions(cloud, template, group?.settings.subnetIds ?? []))]
        : [own];
    },
    async run(input) {
      const group = store.get(input.AutoScalingGroupName!);
      requireNoActive(group);
      if (input.Strategy === "ReplaceRootVolume")
        throw invalid("Strategy ReplaceRootVolume is not served by the local cloud");
      if (input.DesiredConfiguration?.MixedInstancesPolicy)
        throw invalid(
          "MixedInstancesPolicy is not served by the local cloud: give the desired configuration a LaunchTemplate",
        );
      const preferences = filledIn(group, input.Preferences);
      const alarms = preferences.AlarmSpecification?.Alarms ?? [];
      await checkAlarms(cloudWatch, alarms);
      const current = await readLaunchTemplate(ec2, group.settings.launchTemplate);
      const desired = await desiredTemplate(input);
      const fixed = irreversible(group, desired !== undefined, current.imageId);
      if (preferences.AutoRollback && fixed) throw invalid(`AutoRollback can't be enabled because ${fixed}.`);
      const template = desired ?? current;
      const view = await control.view(group, alarms);
      const refresh: Refresh = {
        id: randomUUID(),
        preferences,
        desiredConfiguration: input.DesiredConfiguration,
        template,
        launchTemplate: desired && {
          id: desired.id,
          name: desired.name,
          version: input.DesiredConfiguration?.LaunchTemplate?.Version ?? "$Default",
        },
        alarms,
        settings: refreshSettings(preferences, clock),
        irreversible: fixed,
        state: pendingRefresh(view, preferences.SkipMatching ? matching(group, template) : new Set()),
      };
      // another request may have been faster while this one looked things up
      requireNoActive(group);
      group.refreshes.unshift(refresh);
      return { InstanceRefreshId: refresh.id };
    },
  };
  const describeInstanceRefreshes: Operation<DescribeInstanceRefreshesType, DescribeInstanceRefreshesAnswer> =
    {
      permissions: () => describing("DescribeInstanceRefreshes"),
      run(input) {
        const group = store.get(input.AutoScalingGroupName!);
        const ids = input.InstanceRefreshIds;
        const asked = group.refreshes.filter(({ id }) => !ids?.length || ids.includes(id));
        const { items, next } = page(asked, input.NextToken, input.MaxRecords ?? 50, "InvalidNextToken");
        return {
          InstanceRefreshes: items.map((refresh) => describeRefresh(group, refresh)),
          NextToken: next,
        };
      },
    };
  const cancelInstanceRefresh: Operation<CancelInstanceRefreshType, CancelInstanceRefreshAnswer> = {
    permissions: (input) => [store.permission("CancelInstanceRefresh", input.AutoScalingGroupName!)],
    run(input) {
      const { refresh } = activeRefresh(input.AutoScalingGroupName!);
      const asked = input.WaitForTransitioningInstances === false ? "cancel at once" : "cancel";
      refresh.state = { ...refresh.state, asked };
      return { InstanceRefreshId: refresh.id };
    },
  };
  const rollbackInstanceRefresh: Operation<RollbackInstanceRefreshType, RollbackInstanceRefreshAnswer> = {
    permissions: (input) => [store.permission("RollbackInstanceRefresh", input.AutoScalingGroupName!)],
    run(input) {
      const { refresh } = activeRefresh(input.AutoScalingGroupName!);
      const reason = refresh.state.rollback ? "it is being rolled back already" : refresh.irreversible;
      if (reason)
        throw new ServiceError(
          "IrreversibleInstanceRefresh",
          `The instance refresh can't be rolled back because ${reason}.`,
        );
      refresh.state = { ...refresh.state, asked: "rollback" };
      return { InstanceRefreshId: refresh.id };
    },
  };
  return {
    StartInstanceRefresh: startInstanceRefresh,
    DescribeInstanceRefreshes: describeInstanceRefreshes,
    CancelInstanceRefresh: cancelInstanceRefresh,
    RollbackInstanceRefresh: rollbackInstanceRefresh,
  };
}

/** Instances that skip matching leaves alone: launched from the same version of the same template. */
function matching(group: Group, template: LaunchTemplateVersion): ReadonlySet<string> {
  const same = [...group.instances.values()].filter(
    (instance) => instance.template.id === template.id && instance.template.version === template.version,
  );
  return new Set(same.map(({ id }) => id));
}

/** @throws ServiceError InstanceRefreshInProgress */
function requireNoActive({ refreshes: [newest] }: Group): void {
  if (newest && isActive(newest.state))
    throw new ServiceError(
      "InstanceRefreshInProgress",
      "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.",
    );
}
