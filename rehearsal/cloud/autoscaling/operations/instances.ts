import type {
  ActivityType,
  AutoScalingInstancesType,
  DescribeAutoScalingInstancesType,
  EnterStandbyAnswer,
  EnterStandbyQuery,
  ExitStandbyAnswer,
  ExitStandbyQuery,
  SetInstanceHealthQuery,
  SetInstanceProtectionQuery,
  TerminateInstanceInAutoScalingGroupType,
} from "@aws-sdk/client-auto-scaling";
import { page } from "../../api/page";
import type { Operation } from "../../api/service";
import type { TargetGroups } from "../../loadbalancing/target-groups";
import { at, beginActivity, causes, endActivity } from "../activities";
import { describeManaged } from "../descriptions";
import type { Fleet } from "../fleet";
import type { Group, GroupInstance } from "../group";
import { describing, type GroupStore, invalid } from "../group-store";

/** What is done to single instances of a group. */
export function instanceOperations(store: GroupStore, fleet: Fleet, targetGroups: TargetGroups) {
  const member = (group: Group, id: string): GroupInstance => {
    const instance = group.instances.get(id);
    if (!instance) throw invalid(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
    return instance;
  };
  const decrement = (group: Group, by: number): void => {
    const { desiredCapacity, minSize } = group.settings;
    if (desiredCapacity - by < minSize)
      throw invalid(
        `Currently, desiredSize equals minSize (${minSize}). Terminating instance without replacement will violate ` +
          "group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.",
      );
    group.settings = { ...group.settings, desiredCapacity: desiredCapacity - by };
  };
  const nameOf = (instanceId: string): string =>
    store.all().find(({ instances }) => instances.has(instanceId))?.name ?? "*";

  const describeAutoScalingInstances: Operation<DescribeAutoScalingInstancesType, AutoScalingInstancesType> =
    {
      permissions: () => describing("DescribeAutoScalingInstances"),
      run({ InstanceIds, NextToken, MaxRecords }) {
        const asked = store
          .all()
          .flatMap((group) =>
            [...group.instances.values()].map((instance) => describeManaged(group, instance)),
          )
          .filter(({ InstanceId }) => !InstanceIds?.length || InstanceIds.includes(InstanceId!));
        const { items, next } = page(asked, NextToken, MaxRecords ?? 50, "InvalidNextToken");
        return { AutoScalingInstances: items, NextToken: next };
      },
    };
  const terminateInstance: Operation<TerminateInstanceInAutoScalingGroupType, ActivityType> = {
    permissions: (input) => [
      store.permission("TerminateInstanceInAutoScalingGroup", nameOf(input.InstanceId ?? "")),
    ],
    run({ InstanceId, ShouldDecrementDesiredCapacity }) {
      if (!InstanceId) throw invalid("InstanceId is required");
      const group = store.withInstance(InstanceId);
      if (ShouldDecrementDesiredCapacity) decrement(group, 1);
      const before = group.activities[0];
      fleet.end(group, member(group, InstanceId), causes.userTermination(InstanceId));
      const [activity] = group.activities;
      return { Activity: activity === before ? undefined : activity };
    },
  };
  const setInstanceHealth: Operation<SetInstanceHealthQuery, void> = {
    permissions: (input) => [store.permission("SetInstanceHealth", nameOf(input.InstanceId!))],
    run({ InstanceId, HealthStatus }) {
      const instance = member(store.withInstance(InstanceId!), InstanceId!);
      if (HealthStatus !== "Healthy" && HealthStatus !== "Unhealthy")
        throw invalid(`Invalid HealthStatus ${HealthStatus}`);
      const unhealthy = HealthStatus === "Unhealthy";
      instance.unhealthy = unhealthy ? causes.userCheck() : undefined;
      instance.complaint = unhealthy ? "was set to Unhealthy by a user" : undefined;
    },
  };
  const setInstanceProtection: Operation<SetInstanceProtectionQuery, object> = {
    permissions: (input) => [store.permission("SetInstanceProtection", input.AutoScalingGroupName!)],
    run({ AutoScalingGroupName, InstanceIds, ProtectedFromScaleIn }) {
      const group = store.get(AutoScalingGroupName!);
      const instances = InstanceIds!.map((id) => member(group, id));
      for (const instance of instances) instance.protectedFromScaleIn = ProtectedFromScaleIn!;
      return {};
    },
  };
  const enterStandby: Operation<EnterStandbyQuery, EnterStandbyAnswer> = {
    permissions: (input) => [store.permission("EnterStandby", input.AutoScalingGroupName!)],
    run({ AutoScalingGroupName, InstanceIds, ShouldDecrementDesiredCapacity }) {
      const group = store.get(AutoScalingGroupName!);
      const instances = (InstanceIds ?? []).map((id) => member(group, id));
      const busy = instances.find(({ lifecycle }) => lifecycle !== "InService");
      if (busy) throw invalid(`The instance ${busy.id} is not in InService.`);
      if (ShouldDecrementDesiredCapacity) decrement(group, instances.length);
      const activities = instances.map((instance) => {
        const cause = `${at()} instance ${instance.id} was moved to standby in response to a user request.`;
        const activity = beginActivity(group, `Moving EC2 instance to Standby: ${instance.id}`, cause, {
          "Availability Zone": instance.availabilityZone,
        });
        instance.lifecycle = "Standby";
        void fleet.drain(group, instance.id).then(() => endActivity(activity, "Successful"));
        return activity;
      });
      return { Activities: activities };
    },
  };
  const exitStandby: Operation<ExitStandbyQuery, ExitStandbyAnswer> = {
    permissions: (input) => [store.permission("ExitStandby", input.AutoScalingGroupName!)],
    run({ AutoScalingGroupName, InstanceIds }) {
      const group = store.get(AutoScalingGroupName!);
      const instances = (InstanceIds ?? []).map((id) => member(group, id));
      const busy = instances.find(({ lifecycle }) => lifecycle !== "Standby");
      if (busy) throw invalid(`The instance ${busy.id} is not in Standby.`);
      const desiredCapacity = group.settings.desiredCapacity + instances.length;
      if (desiredCapacity > group.settings.maxSize)
        throw invalid(
          `AutoScalingGroup ${group.name} has max-size=${group.settings.maxSize}. Exiting standby would exceed it.`,
        );
      group.settings = { ...group.settings, desiredCapacity };
      const activities = instances.map((instance) => {
        const cause = `${at()} instance ${instance.id} was moved out of standby in response to a user request.`;
        const activity = beginActivity(group, `Moving EC2 instance out of Standby: ${instance.id}`, cause, {
          "Availability Zone": instance.availabilityZone,
        });
        instance.lifecycle = "InService";
        for (const arn of group.targetGroups) targetGroups.get(arn)?.register(instance.id);
        endActivity(activity, "Successful");
        return activity;
      });
      return { Activities: activities };
    },
  };
  return {
    DescribeAutoScalingInstances: describeAutoScalingInstances,
    TerminateInstanceInAutoScalingGroup: terminateInstance,
    SetInstanceHealth: setInstanceHealth,
    SetInstanceProtection: setInstanceProtection,
    EnterStandby: enterStandby,
    ExitStandby: exitStandby,
  };
}
