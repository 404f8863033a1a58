import { randomUUID } from "node:crypto";
import type { Permission } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { Cloud } from "../cloud";
import type { Group, GroupSettings } from "./group";

/** Every Auto Scaling group, by name; deleted ones leave their activities behind. */
export class GroupStore {
  private readonly groups = new Map<string, Group>();
  readonly deleted: Group[] = [];

  constructor(private readonly cloud: Cloud) {}

  all(): readonly Group[] {
    return [...this.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): Group | undefined {
    return this.groups.get(name);
  }

  /** @throws ServiceError ValidationError when there is no group of that name */
  get(name: string): Group {
    const group = this.groups.get(name);
    if (!group) throw invalid(`AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);
    return group;
  }

  /** @throws ServiceError ValidationError when no group has the instance */
  withInstance(instanceId: string): Group {
    const group = this.all().find(({ instances }) => instances.has(instanceId));
    if (!group)
      throw invalid(`Instance Id not found - No managed instance found for instance ID: ${instanceId}`);
    return group;
  }

  add(name: string, settings: GroupSettings): Group {
    const group: Group = {
      name,
      arn: `${this.arnPrefix()}${randomUUID()}:autoScalingGroupName/${name}`,
      createdTime: new Date(),
      settings,
      instances: new Map(),
      tags: new Map(),
      targetGroups: new Set(),
      suspended: new Map(),
      enabledMetrics: new Set(),
      refreshes: [],
      activities: [],
      request: undefined,
      replacements: 0,
      launchFailure: undefined,
      deleting: false,
    };
    this.groups.set(name, group);
    return group;
  }

  remove(group: Group): void {
    this.groups.delete(group.name);
    this.deleted.unshift(group);
  }

  /** An action on one group: its ARN, and its tags as condition keys. A group that does not exist has any id. */
  permission(action: string, name: string, context: Permission["context"] = {}): Permission {
    const group = this.groups.get(name);
    const tags = [...(group?.tags.values() ?? [])].flatMap(({ key, value }): [string, string][] => [
      [`aws:ResourceTag/${key}`, value],
      [`autoscaling:ResourceTag/${key}`, value],
    ]);
    return {
      action: `autoscaling:${action}`,
      resource: group?.arn ?? `${this.arnPrefix()}*:autoScalingGroupName/${name}`,
      context: { ...Object.fromEntries(tags), ...context },
    };
  }

  private arnPrefix(): string {
    const { partition, region, accountId } = this.cloud;
    return `arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:`;
  }
}

export const invalid = (message: string): ServiceError => new ServiceError("ValidationError", message);

/** Describe operations take no resource. */
export const describing = (operation: string): readonly Permission[] => [
  { action: `autoscaling:${operation}`, resource: "*" },
];
