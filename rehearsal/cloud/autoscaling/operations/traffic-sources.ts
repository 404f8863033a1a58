import type {
  AttachLoadBalancerTargetGroupsType,
  AttachTrafficSourcesType,
  DescribeLoadBalancerTargetGroupsRequest,
  DescribeLoadBalancerTargetGroupsResponse,
  DescribeTrafficSourcesRequest,
  DescribeTrafficSourcesResponse,
  DetachLoadBalancerTargetGroupsType,
  DetachTrafficSourcesType,
} from "@aws-sdk/client-auto-scaling";
import { page } from "../../api/page";
import type { Operation } from "../../api/service";
import type { TargetGroups } from "../../loadbalancing/target-groups";
import { type Group, liveInstances } from "../group";
import { describing, type GroupStore, invalid } from "../group-store";

/** Target groups of load balancers, attached by either of the two families of operations. */
export function trafficSourceOperations(store: GroupStore, targetGroups: TargetGroups) {
  const attach = async (group: Group, arns: readonly string[]): Promise<void> => {
    for (const arn of arns)
      if (!(await targetGroups.find(arn)))
        throw invalid(
          `Provided Target Groups may not be valid. Please ensure they exist and try again. ${arn}`,
        );
    for (const arn of arns) {
      group.targetGroups.add(arn);
      for (const { id } of liveInstances(group)) targetGroups.get(arn)?.register(id);
    }
  };
  const detach = (group: Group, arns: readonly string[]): void => {
    for (const arn of arns) {
      group.targetGroups.delete(arn);
      for (const { id } of liveInstances(group)) void targetGroups.get(arn)?.deregister(id);
    }
  };
  const stateOf = (group: Group, arn: string): string => {
    const states = liveInstances(group).map(({ id }) => targetGroups.get(arn)?.healthOf(id).State);
    return states.length === 0 || states.includes("healthy") ? "InService" : "Added";
  };

  const attachTargetGroups: Operation<AttachLoadBalancerTargetGroupsType, object> = {
    permissions: (input) => [store.permission("AttachLoadBalancerTargetGroups", input.AutoScalingGroupName!)],
    async run({ AutoScalingGroupName, TargetGroupARNs }) {
      await attach(store.get(AutoScalingGroupName!), TargetGroupARNs!);
      return {};
    },
  };
  const detachTargetGroups: Operation<DetachLoadBalancerTargetGroupsType, object> = {
    permissions: (input) => [store.permission("DetachLoadBalancerTargetGroups", input.AutoScalingGroupName!)],
    run({ AutoScalingGroupName, TargetGroupARNs }) {
      detach(store.get(AutoScalingGroupName!), TargetGroupARNs!);
      return {};
    },
  };
  const describeTargetGroups: Operation<
    DescribeLoadBalancerTargetGroupsRequest,
    DescribeLoadBalancerTargetGroupsResponse
  > = {
    permissions: () => describing("DescribeLoadBalancerTargetGroups"),
    run({ AutoScalingGroupName, NextToken, MaxRecords }) {
      const group = store.get(AutoScalingGroupName!);
      const { items, next } = page([...group.targetGroups], NextToken, MaxRecords ?? 100, "InvalidNextToken");
      const described = items.map((arn) => ({ LoadBalancerTargetGroupARN: arn, State: stateOf(group, arn) }));
      return { LoadBalancerTargetGroups: described, NextToken: next };
    },
  };
  const attachTrafficSources: Operation<AttachTrafficSourcesType, object> = {
    permissions: (input) => [store.permission("AttachTrafficSources", input.AutoScalingGroupName!)],
    async run({ AutoScalingGroupName, TrafficSources }) {
      if (TrafficSources!.some(({ Type }) => Type !== undefined && Type !== "elbv2"))
        throw invalid("Traffic sources other than elbv2 are not served by the local cloud");
      const arns = TrafficSources!.map(({ Identifier }) => Identifier!);
      await attach(store.get(AutoScalingGroupName!), arns);
      return {};
    },
  };
  const detachTrafficSources: Operation<DetachTrafficSourcesType, object> = {
    permissions: (input) => [store.permission("DetachTrafficSources", input.AutoScalingGroupName!)],
    run({ AutoScalingGroupName, TrafficSources }) {
      detach(
        store.get(AutoScalingGroupName!),
        TrafficSources!.map(({ Identifier }) => Identifier!),
      );
      return {};
    },
  };
  const describeTrafficSources: Operation<DescribeTrafficSourcesRequest, DescribeTrafficSourcesResponse> = {
    permissions: () => describing("DescribeTrafficSources"),
    run({ AutoScalingGroupName, TrafficSourceType, NextToken, MaxRecords }) {
      const group = store.get(AutoScalingGroupName!);
      const asked = TrafficSourceType && TrafficSourceType !== "elbv2" ? [] : [...group.targetGroups];
      const { items, next } = page(asked, NextToken, MaxRecords ?? 50, "InvalidNextToken");
      const described = items.map((arn) => ({
        Identifier: arn,
        TrafficSource: arn,
        Type: "elbv2",
        State: stateOf(group, arn),
      }));
      return { TrafficSources: described, NextToken: next };
    },
  };
  return {
    AttachLoadBalancerTargetGroups: attachTargetGroups,
    DetachLoadBalancerTargetGroups: detachTargetGroups,
    DescribeLoadBalancerTargetGroups: describeTargetGroups,
    AttachTrafficSources: attachTrafficSources,
    DetachTrafficSources: detachTrafficSources,
    DescribeTrafficSources: describeTrafficSources,
  };
}
