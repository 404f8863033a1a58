export interface RollOutSettings {
  readonly minHealthyPercentage: number;
  readonly maxHealthyPercentage: number;
  /** Alarms that take a release back. */
  readonly alarmNames: readonly string[];
  /** Time that they get after the last instance was replaced. */
  readonly bakeSeconds: number;
  /** Percentages of the fleet at which a roll-out waits. */
  readonly checkpoints: readonly number[];
  readonly checkpointSeconds: number;
}

/**
 * How a fleet is replaced, by default new instances before old ones go, and back by itself when the release is bad.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html
 */
export function refreshPreferences({
  minHealthyPercentage,
  maxHealthyPercentage,
  alarmNames,
  bakeSeconds,
  checkpoints,
  checkpointSeconds,
}: RollOutSettings): object {
  return {
    MinHealthyPercentage: minHealthyPercentage,
    MaxHealthyPercentage: maxHealthyPercentage,
    // an instance that runs the release already is left alone
    SkipMatching: true,
    AutoRollback: true,
    // waiting for a person, as is the service's default, would hold up the pipeline for an hour and then fail
    ScaleInProtectedInstances: "Refresh",
    StandbyInstances: "Terminate",
    // the last one must be 100 for all instances to be replaced
    ...(checkpoints.length === 0
      ? {}
      : { CheckpointPercentages: [...checkpoints, 100], CheckpointDelay: checkpointSeconds }),
    // without an alarm nothing could be found out by waiting
    ...(alarmNames.length === 0 ? {} : { AlarmSpecification: { Alarms: alarmNames }, BakeTime: bakeSeconds }),
  };
}
