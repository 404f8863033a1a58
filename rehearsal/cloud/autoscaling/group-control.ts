import type { Cloud } from "../cloud";
import { type LaunchTemplateVersion, readLaunchTemplate } from "../instances/launch-template";
import { causes } from "./activities";
import type { AlarmWatch } from "./alarm-watch";
import type { Fleet } from "./fleet";
import { type Group, isLive, isStandby, liveInstances, type Refresh } from "./group";
import { checkInstances, type HealthSources, refreshInstance } from "./health";
import { stepRefresh } from "./refresh";
import { isActive, type RefreshStep, type RefreshView } from "./refresh-state";
import type { ScalingEvents } from "./scaling-events";
import { chooseForTermination } from "./termination";

export interface GroupControlSettings {
  readonly cloud: Cloud;
  readonly health: HealthSources;
  readonly fleet: Fleet;
  readonly alarms: AlarmWatch;
  readonly events: ScalingEvents;
}

/** Brings a group from what it is to what it should be, one step at a time. */
export class GroupControl {
  constructor(private readonly settings: GroupControlSettings) {}

  async step(group: Group): Promise<void> {
    checkInstances(group, this.settings.health);
    this.endUnhealthy(group);
    const refresh = group.refreshes[0];
    const active = refresh && isActive(refresh.state) ? refresh : undefined;
    const capacity = active ? await this.stepRefresh(group, active) : group.settings.desiredCapacity;
    if (!active) this.scaleIn(group);
    await this.scaleOut(group, capacity, active);
  }

  /** What the refresh decides from. */
  async view(group: Group, alarms: readonly string[]): Promise<RefreshView> {
    const { clock } = this.settings.health;
    return {
      now: clock.now(),
      desired: group.settings.desiredCapacity,
      instances: [...group.instances.values()].map((instance) =>
        refreshInstance(group, instance, this.settings.health),
      ),
      alarms: await this.settings.alarms.inAlarm(alarms),
      launchFailure: group.launchFailure?.message,
    };
  }

  private endUnhealthy(group: Group): void {
    if (group.suspended.has("ReplaceUnhealthy") || group.suspended.has("Terminate")) return;
    for (const instance of group.instances.values()) {
      if (!isLive(instance) || !instance.unhealthy) continue;
      group.replacements += 1;
      this.settings.fleet.end(group, instance, instance.unhealthy);
    }
  }

  private async stepRefresh(group: Group, refresh: Refresh): Promise<number> {
    const view = await this.view(group, refresh.alarms);
    const before = refresh.state;
    const step = stepRefresh(before, refresh.settings, view);
    // a client may have asked for something while the alarms were read
    refresh.state = before === refresh.state ? step.state : { ...step.state, asked: refresh.state.asked };
    this.tell(group, refresh, step);
    for (const id of step.terminate) {
      const instance = group.instances.get(id);
      if (instance && (isLive(instance) || isStandby(instance)))
        this.settings.fleet.end(group, instance, causes.refreshTermination(id));
    }
    return step.capacity;
  }

  private tell(group: Group, refresh: Refresh, step: RefreshStep): void {
    const { cloud, events } = this.settings;
    for (const event of step.events) {
      if (event.type === "Succeeded" && refresh.launchTemplate)
        group.settings = { ...group.settings, launchTemplate: refresh.launchTemplate };
      const reason = step.state.statusReason ? `: ${step.state.statusReason}` : "";
      cloud.log("autoscaling", `${group.name}: instance refresh ${event.type.toLowerCase()}${reason}`);
      events.refresh(group, refresh.id, event, refresh.preferences.CheckpointDelay ?? 0);
    }
  }

  private scaleIn(group: Group): void {
    const live = liveInstances(group);
    const surplus = live.length - group.settings.desiredCapacity;
    if (surplus <= 0 || group.suspended.has("Terminate")) return;
    const chosen = chooseForTermination(live, surplus, group.settings.terminationPolicies);
    chosen.forEach((instance, index) => {
      const before = live.length - index;
      this.settings.fleet.end(group, instance, causes.shrink(group.request, before, before - 1, instance.id));
    });
  }

  private async scaleOut(group: Group, capacity: number, refresh: Refresh | undefined): Promise<void> {
    const { fleet, health } = this.settings;
    const live = liveInstances(group).length;
    const missing = capacity - live;
    if (missing <= 0) group.replacements = 0;
    const waits = group.launchFailure && health.clock.now() < group.launchFailure.retryAt;
    if (missing <= 0 || waits || group.deleting || group.suspended.has("Launch")) return;
    const template = this.templateFor(group, refresh);
    const launches = Array.from({ length: missing }, (_, index) => {
      if (group.replacements > 0) {
        group.replacements -= 1;
        return fleet.launch(group, template, causes.replacement());
      }
      const cause = refresh
        ? causes.refreshLaunch()
        : causes.grow(group.request, live + index, live + index + 1);
      return fleet.launch(group, template, cause);
    });
    await Promise.all(launches);
  }

  /** A refresh launches its desired configuration, a rollback what the group was saved with. */
  private templateFor(group: Group, refresh: Refresh | undefined): () => Promise<LaunchTemplateVersion> {
    const forward = refresh && ["Pending", "InProgress", "Baking"].includes(refresh.state.status);
    if (forward) return () => Promise.resolve(refresh.template);
    const { ec2 } = this.settings.cloud.backend;
    return () => readLaunchTemplate(ec2, group.settings.launchTemplate);
  }
}
