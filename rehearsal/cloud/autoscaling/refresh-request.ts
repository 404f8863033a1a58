import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { RefreshPreferences } from "@aws-sdk/client-auto-scaling";
import type { Clock } from "../instances/clock";
import type { Group } from "./group";
import { invalid } from "./group-store";
import type { RefreshSettings } from "./refresh-state";

/**
 * Preferences with the defaults that the service fills in.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html
 * @throws ServiceError ValidationError
 */
export function filledIn(group: Group, given: RefreshPreferences = {}): RefreshPreferences {
  const { instanceMaintenancePolicy: policy, defaultInstanceWarmup, healthCheckGracePeriod } = group.settings;
  const min = given.MinHealthyPercentage ?? policy?.MinHealthyPercentage ?? 90;
  const max = given.MaxHealthyPercentage ?? policy?.MaxHealthyPercentage;
  if (given.MaxHealthyPercentage !== undefined && given.MinHealthyPercentage === undefined)
    throw invalid("If you specify MaxHealthyPercentage, you must also specify MinHealthyPercentage.");
  if ((max ?? 100) - min > 100)
    throw invalid(
      "The difference between MaxHealthyPercentage and MinHealthyPercentage cannot be greater than 100.",
    );
  const checkpoints = given.CheckpointPercentages ?? [];
  if (given.CheckpointDelay !== undefined && checkpoints.length === 0)
    throw invalid("CheckpointDelay can only be specified together with CheckpointPercentages.");
  if (checkpoints.some((percentage, index) => index > 0 && percentage <= checkpoints[index - 1]!))
    throw invalid("CheckpointPercentages must be unique and in ascending order.");
  return {
    ...given,
    MinHealthyPercentage: min,
    MaxHealthyPercentage: max,
    InstanceWarmup: given.InstanceWarmup ?? defaultInstanceWarmup ?? healthCheckGracePeriod,
    CheckpointDelay: checkpoints.length > 0 ? (given.CheckpointDelay ?? 3600) : undefined,
    SkipMatching: given.SkipMatching ?? false,
    AutoRollback: given.AutoRollback ?? false,
    ScaleInProtectedInstances: given.ScaleInProtectedInstances ?? "Wait",
    StandbyInstances: given.StandbyInstances ?? "Wait",
    BakeTime: given.BakeTime ?? 0,
  };
}

/** The same for the state machine, in real milliseconds. */
export function refreshSettings(preferences: RefreshPreferences, clock: Clock): RefreshSettings {
  return {
    minHealthyPercentage: preferences.MinHealthyPercentage!,
    maxHealthyPercentage: preferences.MaxHealthyPercentage ?? 100,
    warmup: clock.milliseconds(preferences.InstanceWarmup!),
    checkpointPercentages: preferences.CheckpointPercentages ?? [],
    checkpointDelay: clock.milliseconds(preferences.CheckpointDelay ?? 0),
    bakeTime: clock.milliseconds(preferences.BakeTime ?? 0),
    autoRollback: preferences.AutoRollback ?? false,
    scaleInProtected: preferences.ScaleInProtectedInstances ?? "Wait",
    standby: preferences.StandbyInstances ?? "Wait",
    patience: clock.milliseconds(3600),
  };
}

/** @throws ServiceError ValidationError when an alarm is missing or in ALARM already */
export async function checkAlarms(cloudWatch: CloudWatchClient, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const found = await cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }),
  );
  const alarms = [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])];
  const missing = names.filter((name) => !alarms.some(({ AlarmName }) => AlarmName === name));
  if (missing.length > 0) throw invalid(`The following CloudWatch alarms don't exist: ${missing.join(", ")}`);
  const ringing = alarms.filter(({ StateValue }) => StateValue === "ALARM").map(({ AlarmName }) => AlarmName);
  if (ringing.length > 0)
    throw invalid(
      `The instance refresh can't start: CloudWatch alarms are in ALARM state: ${ringing.join(", ")}`,
    );
}

/** Why a refresh of this group can't be rolled back, if so. */
export function irreversible(
  group: Group,
  hasDesiredConfiguration: boolean,
  groupImageId: string | undefined,
): string | undefined {
  const { version = "$Default" } = group.settings.launchTemplate;
  if (!hasDesiredConfiguration) return "no desired configuration is specified for the instance refresh";
  if (version.startsWith("$")) return `the Auto Scaling group uses the launch template's ${version} version`;
  if (!groupImageId?.startsWith("ami-"))
    return "the Auto Scaling group's launch template uses an AWS Systems Manager parameter instead of an AMI ID";
  return undefined;
}
