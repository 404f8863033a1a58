import type {
  DisableMetricsCollectionQuery,
  EnableMetricsCollectionQuery,
  ScalingProcessQuery,
} from "@aws-sdk/client-auto-scaling";
import type { Operation } from "../../api/service";
import { at } from "../activities";
import { type GroupStore, invalid } from "../group-store";

const processes = [
  "Launch",
  "Terminate",
  "AddToLoadBalancer",
  "AlarmNotification",
  "AZRebalance",
  "HealthCheck",
  "InstanceRefresh",
  "ReplaceUnhealthy",
  "ScheduledActions",
];
const metrics = [
  "GroupMinSize",
  "GroupMaxSize",
  "GroupDesiredCapacity",
  "GroupInServiceInstances",
  "GroupInServiceCapacity",
  "GroupPendingInstances",
  "GroupPendingCapacity",
  "GroupTerminatingInstances",
  "GroupTerminatingCapacity",
  "GroupStandbyInstances",
  "GroupStandbyCapacity",
  "GroupTotalInstances",
  "GroupTotalCapacity",
];

/** Processes that can be suspended, and the metrics that a group collects. */
export function processOperations(store: GroupStore) {
  const chosen = (
    asked: readonly string[] | undefined,
    all: readonly string[],
    what: string,
  ): readonly string[] => {
    if (!asked?.length) return all;
    const unknown = asked.find((name) => !all.includes(name));
    if (unknown) throw invalid(`${unknown} is not a valid ${what}. Valid values: ${all.join(", ")}`);
    return asked;
  };

  const suspendProcesses: Operation<ScalingProcessQuery, void> = {
    permissions: (input) => [store.permission("SuspendProcesses", input.AutoScalingGroupName!)],
    run({ AutoScalingGroupName, ScalingProcesses }) {
      const group = store.get(AutoScalingGroupName!);
      for (const name of chosen(ScalingProcesses, processes, "scaling process"))
        group.suspended.set(name, `User suspended at ${at().slice(3)}`);
    },
  };
  const resumeProcesses: Operation<ScalingProcessQuery, void> = {
    permissions: (input) => [store.permission("ResumeProcesses", input.AutoScalingGroupName!)],
    run({ AutoScalingGroupName, ScalingProcesses }) {
      const group = store.get(AutoScalingGroupName!);
      for (const name of chosen(ScalingProcesses, processes, "scaling process")) group.suspended.delete(name);
    },
  };
  const enableMetricsCollection: Operation<EnableMetricsCollectionQuery, void> = {
    permissions: (input) => [store.permission("EnableMetricsCollection", input.AutoScalingGroupName!)],
    run({ AutoScalingGroupName, Granularity, Metrics }) {
      const group = store.get(AutoScalingGroupName!);
      if (Granularity !== "1Minute")
        throw invalid(`Granularity ${Granularity} is not valid: the only one is 1Minute`);
      for (const name of chosen(Metrics, metrics, "metric")) group.enabledMetrics.add(name);
    },
  };
  const disableMetricsCollection: Operation<DisableMetricsCollectionQuery, void> = {
    permissions: (input) => [store.permission("DisableMetricsCollection", input.AutoScalingGroupName!)],
    run({ AutoScalingGroupName, Metrics }) {
      const group = store.get(AutoScalingGroupName!);
      for (const name of chosen(Metrics, metrics, "metric")) group.enabledMetrics.delete(name);
    },
  };
  return {
    SuspendProcesses: suspendProcesses,
    ResumeProcesses: resumeProcesses,
    EnableMetricsCollection: enableMetricsCollection,
    DisableMetricsCollection: disableMetricsCollection,
  };
}
