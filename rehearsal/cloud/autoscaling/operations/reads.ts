import type {
  ActivitiesType,
  DescribeLifecycleHooksType,
  DescribePoliciesType,
  DescribeScalingActivitiesType,
  DescribeScheduledActionsType,
  DescribeWarmPoolType,
} from "@aws-sdk/client-auto-scaling";
import { page } from "../../api/page";
import type { Operation } from "../../api/service";
import type { Group } from "../group";
import { describing, type GroupStore, invalid } from "../group-store";

/**
 * What can be asked about a group beside itself. Nothing can put a hook, a policy, a schedule or a warm pool on a
 * group here, so there are none.
 */
export function readOperations(store: GroupStore) {
  const describeScalingActivities: Operation<DescribeScalingActivitiesType, ActivitiesType> = {
    permissions: () => describing("DescribeScalingActivities"),
    run({ ActivityIds, AutoScalingGroupName: name, IncludeDeletedGroups, MaxRecords, NextToken }) {
      const living = name ? [store.find(name)].filter((group) => group !== undefined) : store.all();
      const gone = IncludeDeletedGroups ? store.deleted.filter((group) => !name || group.name === name) : [];
      if (name && living.length + gone.length === 0)
        throw invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
      const asked = [...living.flatMap(activitiesOf), ...gone.flatMap(activitiesOf)]
        .filter(({ ActivityId }) => !ActivityIds?.length || ActivityIds.includes(ActivityId!))
        .sort((a, b) => b.StartTime!.getTime() - a.StartTime!.getTime());
      const { items, next } = page(asked, NextToken, MaxRecords ?? 100, "InvalidNextToken");
      return { Activities: items, NextToken: next };
    },
  };
  const describeLifecycleHooks: Operation<DescribeLifecycleHooksType, object> = {
    permissions: () => describing("DescribeLifecycleHooks"),
    run(input) {
      store.get(input.AutoScalingGroupName!);
      return { LifecycleHooks: [] };
    },
  };
  const describePolicies: Operation<DescribePoliciesType, object> = {
    permissions: () => describing("DescribePolicies"),
    run: () => ({ ScalingPolicies: [] }),
  };
  const describeScheduledActions: Operation<DescribeScheduledActionsType, object> = {
    permissions: () => describing("DescribeScheduledActions"),
    run: () => ({ ScheduledUpdateGroupActions: [] }),
  };
  const describeWarmPool: Operation<DescribeWarmPoolType, object> = {
    permissions: () => describing("DescribeWarmPool"),
    run(input) {
      store.get(input.AutoScalingGroupName!);
      return { Instances: [] };
    },
  };
  const describeNotificationConfigurations: Operation<object, object> = {
    permissions: () => describing("DescribeNotificationConfigurations"),
    run: () => ({ NotificationConfigurations: [] }),
  };
  return {
    DescribeScalingActivities: describeScalingActivities,
    DescribeLifecycleHooks: describeLifecycleHooks,
    DescribePolicies: describePolicies,
    DescribeScheduledActions: describeScheduledActions,
    DescribeWarmPool: describeWarmPool,
    DescribeNotificationConfigurations: describeNotificationConfigurations,
  };
}

const activitiesOf = ({ activities }: Group): Group["activities"] => activities;
