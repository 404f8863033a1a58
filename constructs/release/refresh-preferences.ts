/**
 * How a fleet is replaced: new instances before old ones go, and back by itself when the release is bad.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html
 */
export function refreshPreferences(alarmNames: readonly string[]): object {
  return {
    MinHealthyPercentage: 100,
    MaxHealthyPercentage: 200,
    // an instance that runs the release already is left alone
    SkipMatching: true,
    AutoRollback: true,
    // waiting for a person, as is the service's default, would hold up the pipeline for an hour and then fail
    ScaleInProtectedInstances: "Refresh",
    StandbyInstances: "Terminate",
    ...(alarmNames.length === 0 ? {} : { AlarmSpecification: { Alarms: alarmNames } }),
  };
}
