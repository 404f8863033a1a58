import type { Activity } from "@aws-sdk/client-auto-scaling";
import type { Clock } from "../instances/clock";
import type { Instances } from "../instances/instances";
import { type LaunchTemplateVersion, readLaunchTemplate } from "../instances/launch-template";
import type { Cloud } from "../cloud";
import type { TargetGroups } from "../loadbalancing/target-groups";
import { beginActivity, endActivity } from "./activities";
import { type Group, type GroupInstance, isLeaving, liveInstances } from "./group";
import type { ScalingEvents } from "./scaling-events";

export interface FleetSettings {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly instances: Instances;
  readonly targetGroups: TargetGroups;
  readonly events: ScalingEvents;
}

/** How long a group waits after a launch that failed. Seconds of AWS. */
const retrySeconds = 15;

/** Launches and ends the instances of a group, with all that goes with it: targets, activities, events. */
export class Fleet {
  private readonly endings = new Set<Promise<void>>();

  /** Resolves when the cloud ends: nothing is drained any longer then. */
  private readonly ended: Promise<void>;

  constructor(private readonly settings: FleetSettings) {
    const { signal } = settings.cloud;
    this.ended = new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** What the group launches from when no instance refresh says otherwise. */
  groupTemplate(group: Group): Promise<LaunchTemplateVersion> {
    return readLaunchTemplate(this.settings.cloud.backend.ec2, group.settings.launchTemplate);
  }

  /** Launches one instance, into the zone that has the fewest. A failure is an activity, never an exception. */
  async launch(group: Group, template: () => Promise<LaunchTemplateVersion>, cause: string): Promise<void> {
    const { instances, clock, targetGroups, events } = this.settings;
    const subnetId = this.emptiest(group);
    const details = { "Subnet ID": subnetId, "Availability Zone": await instances.zoneOf(subnetId) };
    const activity = beginActivity(group, "Launching a new EC2 instance", cause, details);
    try {
      const launched = await instances.launch({ template: await template(), subnetId, tags: tagsOf(group) });
      activity.Description = `Launching a new EC2 instance: ${launched.id}`;
      const instance: GroupInstance = {
        id: launched.id,
        imageId: launched.imageId,
        instanceType: launched.instanceType,
        availabilityZone: launched.availabilityZone,
        template: launched.template,
        inServiceAt: clock.now(),
        lifecycle: "InService",
        unhealthy: undefined,
        complaint: undefined,
        protectedFromScaleIn: group.settings.newInstancesProtectedFromScaleIn,
      };
      group.instances.set(instance.id, instance);
      if (!group.suspended.has("AddToLoadBalancer"))
        for (const arn of group.targetGroups) (await targetGroups.find(arn))?.register(instance.id);
      group.launchFailure = undefined;
      endActivity(activity, "Successful");
      events.instance("Launch Successful", group, activity, instance.id);
    } catch (error) {
      this.launchFailed(group, activity, error instanceof Error ? error.message : String(error));
    }
  }

  /** Takes an instance out: drained from its target groups, shut down, gone. Goes on after this returns. */
  end(group: Group, instance: GroupInstance, cause: string): void {
    if (isLeaving(instance)) return;
    const activity = beginActivity(group, `Terminating EC2 instance: ${instance.id}`, cause, {
      "Availability Zone": instance.availabilityZone,
    });
    instance.lifecycle = "Terminating";
    const ending = this.carryOut(group, instance, activity).catch((error: unknown) => {
      endActivity(activity, "Failed", String(error));
      group.instances.delete(instance.id);
    });
    this.endings.add(ending);
    void ending.finally(() => this.endings.delete(ending));
  }

  async close(): Promise<void> {
    await Promise.all(this.endings);
  }

  async drain(group: Group, instanceId: string): Promise<void> {
    const { targetGroups } = this.settings;
    await Promise.all([...group.targetGroups].map((arn) => targetGroups.get(arn)?.deregister(instanceId)));
  }

  private async carryOut(group: Group, instance: GroupInstance, activity: Activity): Promise<void> {
    if (group.targetGroups.size > 0) activity.StatusCode = "WaitingForELBConnectionDraining";
    await Promise.race([this.drain(group, instance.id), this.ended]);
    activity.StatusCode = "InProgress";
    activity.Progress = 50;
    await this.settings.instances.terminate(instance.id);
    group.instances.delete(instance.id);
    endActivity(activity, "Successful");
    this.settings.events.instance("Terminate Successful", group, activity, instance.id);
  }

  private launchFailed(group: Group, activity: Activity, message: string): void {
    const { clock, events, cloud } = this.settings;
    activity.Description = `Launching a new EC2 instance.  Status Reason: ${message}. Launching EC2 instance failed.`;
    endActivity(activity, "Failed", `${message} Launching EC2 instance failed.`);
    group.launchFailure = { message, retryAt: clock.now() + clock.milliseconds(retrySeconds) };
    cloud.log("autoscaling", `${group.name} could not launch an instance: ${message}`);
    events.instance("Launch Unsuccessful", group, activity, "");
  }

  private emptiest(group: Group): string {
    const { instances } = this.settings;
    const counts = new Map(group.settings.subnetIds.map((subnetId) => [subnetId, 0]));
    for (const { id } of liveInstances(group)) {
      const subnetId = instances.get(id)?.subnetId;
      if (subnetId && counts.has(subnetId)) counts.set(subnetId, counts.get(subnetId)! + 1);
    }
    // launches run side by side: those under way count too
    const begun = group.activities.filter(({ StatusCode, Description }) => {
      return StatusCode === "InProgress" && Description === "Launching a new EC2 instance";
    });
    for (const { Details } of begun) {
      const subnetId = (JSON.parse(Details!) as Record<string, string>)["Subnet ID"]!;
      if (counts.has(subnetId)) counts.set(subnetId, counts.get(subnetId)! + 1);
    }
    return [...counts].sort((a, b) => a[1] - b[1])[0]![0];
  }
}

function tagsOf(group: Group): ReadonlyMap<string, string> {
  const propagated = [...group.tags.values()].filter(({ propagateAtLaunch }) => propagateAtLaunch);
  return new Map([
    ...propagated.map(({ key, value }): [string, string] => [key, value]),
    ["aws:autoscaling:groupName", group.name],
  ]);
}
