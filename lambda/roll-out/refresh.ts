import {
  DescribeInstanceRefreshesCommand,
  StartInstanceRefreshCommand,
  type AutoScalingClient,
  type InstanceRefresh,
  type InstanceRefreshStatus,
  type RefreshPreferences,
} from "@aws-sdk/client-auto-scaling";
import { configurationError, jobFailed } from "../shared/action-failure";
import { hasName } from "../shared/errors";
import { eventually } from "../shared/eventually";
import { isUnderWay } from "../shared/version-users";

/** Ends that leave nothing to begin again: the group runs the version, or has come back from it. */
const settled: ReadonlySet<InstanceRefreshStatus> = new Set<InstanceRefreshStatus>([
  "Successful",
  "RollbackSuccessful",
  "RollbackFailed",
]);

export interface RefreshTarget {
  readonly group: string;
  readonly launchTemplate: string;
  readonly version: string;
}

/** The instance refreshes of one group to one version. */
export class Refreshes {
  constructor(
    private readonly autoScaling: AutoScalingClient,
    private readonly target: RefreshTarget,
  ) {}

  /**
   * Our refresh, if one is under way: started by an earlier delivery of this job. StartInstanceRefresh takes no client
   * token; but a group has one refresh at a time, and this version belongs to one execution.
   * @throws ActionFailure when another refresh is under way
   */
  async underWay(): Promise<string | undefined> {
    const current = (await this.all()).find(isUnderWay);
    if (!current) return undefined;
    if (this.isOurs(current)) return current.InstanceRefreshId;
    const wanted = current.DesiredConfiguration?.LaunchTemplate?.Version ?? "unknown";
    throw jobFailed(
      `the Auto Scaling group ${this.target.group} is refreshing already: ${current.InstanceRefreshId} to launch template version ${wanted} is ${current.Status}; retry when it has ended`,
      current.InstanceRefreshId,
    );
  }

  /**
   * Our refresh, if it was the group's last one and has ended since then: for an earlier delivery of this job. It looks anew:
   * the answer that `underWay` got may have been an old one.
   */
  async endedSince(time: number): Promise<string | undefined> {
    const [last] = await this.all();
    if (!last?.Status || !settled.has(last.Status) || !this.isOurs(last)) return undefined;
    return last.EndTime !== undefined && last.EndTime.getTime() >= time ? last.InstanceRefreshId : undefined;
  }

  async start(preferences: RefreshPreferences): Promise<string> {
    try {
      const { InstanceRefreshId } = await this.autoScaling.send(
        new StartInstanceRefreshCommand({
          AutoScalingGroupName: this.target.group,
          Strategy: "Rolling",
          DesiredConfiguration: {
            LaunchTemplate: { LaunchTemplateName: this.target.launchTemplate, Version: this.target.version },
          },
          Preferences: preferences,
        }),
      );
      if (!InstanceRefreshId) throw jobFailed(`no instance refresh of ${this.target.group} was started`);
      return InstanceRefreshId;
    } catch (error) {
      if (!hasName(error, "InstanceRefreshInProgressFault", "InstanceRefreshInProgress")) throw error;
      // ours, when the answer to a first attempt was lost on its way
      const ours = await this.underWay();
      if (ours) return ours;
      throw error;
    }
  }

  async find(id: string): Promise<InstanceRefresh> {
    const found = await eventually(async () => {
      const { InstanceRefreshes } = await this.autoScaling.send(
        new DescribeInstanceRefreshesCommand({
          AutoScalingGroupName: this.target.group,
          InstanceRefreshIds: [id],
        }),
      );
      return InstanceRefreshes?.[0];
    });
    if (!found) throw jobFailed(`instance refresh ${id} of ${this.target.group} does not exist`, id);
    return found;
  }

  /** The newest first. */
  private async all(): Promise<InstanceRefresh[]> {
    const { InstanceRefreshes } = await this.autoScaling.send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: this.target.group }),
    );
    return InstanceRefreshes ?? [];
  }

  private isOurs({ DesiredConfiguration }: InstanceRefresh): boolean {
    const { Version, LaunchTemplateName } = DesiredConfiguration?.LaunchTemplate ?? {};
    return (
      Version === this.target.version &&
      (LaunchTemplateName === undefined || LaunchTemplateName === this.target.launchTemplate)
    );
  }
}

/** Why a refresh failed, in the service's words, with the alarms that it watched if one of them is the reason. */
export function reasonOfRefresh({
  InstanceRefreshId,
  Status,
  StatusReason,
  RollbackDetails,
  Preferences,
}: InstanceRefresh): string {
  const reasons = [StatusReason, RollbackDetails?.RollbackReason].filter((one) => one !== undefined);
  const alarms = Preferences?.AlarmSpecification?.Alarms ?? [];
  const watched =
    alarms.length > 0 && reasons.some((one) => /alarm/i.test(one))
      ? `; alarms watched: ${alarms.join(", ")}`
      : "";
  const reason = [...new Set(reasons)].join("; ") || "EC2 Auto Scaling gave no reason";
  return `instance refresh ${InstanceRefreshId} ended ${Status}: ${reason}${watched}`;
}

/** @throws ActionFailure when the setting is no JSON object */
export function parsePreferences(text: string): RefreshPreferences {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // the message below says it all
  }
  throw configurationError(
    `REFRESH_PREFERENCES is "${text.slice(0, 200)}"; expected: RefreshPreferences as JSON`,
  );
}
