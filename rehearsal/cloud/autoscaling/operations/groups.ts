import type {
  AutoScalingGroupNamesType,
  AutoScalingGroupsType,
  CreateAutoScalingGroupType,
  DeleteAutoScalingGroupType,
  SetDesiredCapacityType,
  UpdateAutoScalingGroupType,
} from "@aws-sdk/client-auto-scaling";
import { page } from "../../api/page";
import type { Operation, Permission } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import type { Cloud } from "../../cloud";
import { causes } from "../activities";
import { describeGroup, passes } from "../descriptions";
import type { Fleet } from "../fleet";
import type { Group } from "../group";
import { requestedTemplate, settingsAfter } from "../group-request";
import { describing, type GroupStore, invalid } from "../group-store";
import { launchPermissions } from "../launch-permissions";
import { isActive } from "../refresh-state";
import { setTags } from "./tags";

/** The groups themselves: created, described, changed, scaled, deleted. */
export function groupOperations(
  cloud: Cloud,
  store: GroupStore,
  fleet: Fleet,
  start: (group: Group) => void,
) {
  const launching = async (
    input: CreateAutoScalingGroupType | UpdateAutoScalingGroupType,
    subnetIds: readonly string[],
  ): Promise<Permission[]> => {
    if (!input.LaunchTemplate) return [];
    return launchPermissions(
      cloud,
      await requestedTemplate(cloud, input),
      input.VPCZoneIdentifier?.split(",") ?? subnetIds,
    );
  };

  const createAutoScalingGroup: Operation<CreateAutoScalingGroupType, void> = {
    async permissions(input) {
      const tags = input.Tags ?? [];
      const context = {
        "autoscaling:LaunchTemplateVersionSpecified": String(input.LaunchTemplate?.Version !== undefined),
        "autoscaling:MinSize": String(input.MinSize),
        "autoscaling:MaxSize": String(input.MaxSize),
        ...(tags.length > 0 ? { "aws:TagKeys": tags.map(({ Key }) => Key!) } : {}),
        ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value ?? ""])),
      };
      const own = store.permission("CreateAutoScalingGroup", input.AutoScalingGroupName!, context);
      return [own, ...(await launching(input, []))];
    },
    async run(input) {
      const name = input.AutoScalingGroupName!;
      const exists = (): void => {
        if (store.find(name))
          throw new ServiceError(
            "AlreadyExists",
            `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
          );
      };
      exists();
      const sources = (input.TrafficSources ?? []).filter(
        ({ Type }) => Type === undefined || Type === "elbv2",
      );
      if (sources.length < (input.TrafficSources ?? []).length)
        throw invalid("Traffic sources other than elbv2 are not served by the local cloud");
      const settings = await settingsAfter(cloud, input, undefined);
      exists();
      const group = store.add(name, settings);
      setTags(group, input.Tags ?? []);
      for (const arn of [...(input.TargetGroupARNs ?? []), ...sources.map(({ Identifier }) => Identifier!)])
        group.targetGroups.add(arn);
      group.request = causes.created(settings.desiredCapacity);
      start(group);
    },
  };
  const updateAutoScalingGroup: Operation<UpdateAutoScalingGroupType, void> = {
    async permissions(input) {
      const { AutoScalingGroupName: name, LaunchTemplate: template } = input;
      const context: Record<string, string> = {};
      if (template)
        context["autoscaling:LaunchTemplateVersionSpecified"] = String(template.Version !== undefined);
      const own = store.permission("UpdateAutoScalingGroup", name!, context);
      return [own, ...(await launching(input, store.find(name!)?.settings.subnetIds ?? []))];
    },
    async run(input) {
      const group = store.get(input.AutoScalingGroupName!);
      const [refresh] = group.refreshes;
      if (input.LaunchTemplate && refresh?.desiredConfiguration && isActive(refresh.state))
        throw invalid(
          "An active instance refresh with a desired configuration exists. All configuration options derived from " +
            "the desired configuration are not available for update while the instance refresh is active.",
        );
      const before = group.settings.desiredCapacity;
      group.settings = await settingsAfter(cloud, input, group.settings);
      const { minSize, maxSize, desiredCapacity } = group.settings;
      if (desiredCapacity !== before)
        group.request = causes.updated(minSize, maxSize, before, desiredCapacity);
    },
  };
  const setDesiredCapacity: Operation<SetDesiredCapacityType, void> = {
    permissions: (input) => [store.permission("SetDesiredCapacity", input.AutoScalingGroupName!)],
    run(input) {
      const group = store.get(input.AutoScalingGroupName!);
      const { minSize, maxSize, desiredCapacity: before } = group.settings;
      const wanted = input.DesiredCapacity!;
      if (wanted > maxSize)
        throw invalid(
          `New SetDesiredCapacity value ${wanted} is above max value ${maxSize} for the AutoScalingGroup.`,
        );
      if (wanted < minSize)
        throw invalid(
          `New SetDesiredCapacity value ${wanted} is below min value ${minSize} for the AutoScalingGroup.`,
        );
      group.settings = { ...group.settings, desiredCapacity: wanted };
      if (wanted !== before) group.request = causes.set(before, wanted);
    },
  };
  const describeAutoScalingGroups: Operation<AutoScalingGroupNamesType, AutoScalingGroupsType> = {
    permissions: () => describing("DescribeAutoScalingGroups"),
    run({ AutoScalingGroupNames: names, Filters, NextToken, MaxRecords }) {
      const asked = store
        .all()
        .filter((group) => (!names?.length || names.includes(group.name)) && passes(group, Filters ?? []));
      const { items, next } = page(asked, NextToken, MaxRecords ?? 50, "InvalidNextToken");
      return { AutoScalingGroups: items.map(describeGroup), NextToken: next };
    },
  };
  const deleteAutoScalingGroup: Operation<DeleteAutoScalingGroupType, void> = {
    permissions: (input) => [store.permission("DeleteAutoScalingGroup", input.AutoScalingGroupName!)],
    run({ AutoScalingGroupName: name, ForceDelete }) {
      const group = store.get(name!);
      const protection = group.settings.deletionProtection ?? "none";
      if (protection === "prevent-all-deletion" || (protection === "prevent-force-deletion" && ForceDelete))
        throw new ServiceError("ResourceInUse", `The group ${name} has deletion protection ${protection}`);
      if (group.instances.size > 0 && !ForceDelete)
        throw new ServiceError(
          "ResourceInUse",
          "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.",
        );
      group.deleting = true;
      group.settings = { ...group.settings, minSize: 0, desiredCapacity: 0 };
      const [refresh] = group.refreshes;
      if (refresh && isActive(refresh.state)) refresh.state = { ...refresh.state, asked: "cancel at once" };
      for (const instance of group.instances.values())
        fleet.end(group, instance, causes.userTermination(instance.id));
      if (group.instances.size === 0) store.remove(group);
    },
  };
  return {
    CreateAutoScalingGroup: createAutoScalingGroup,
    UpdateAutoScalingGroup: updateAutoScalingGroup,
    SetDesiredCapacity: setDesiredCapacity,
    DescribeAutoScalingGroups: describeAutoScalingGroups,
    DeleteAutoScalingGroup: deleteAutoScalingGroup,
  };
}
