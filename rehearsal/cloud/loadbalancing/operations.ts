import type {
  DeregisterTargetsInput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  RegisterTargetsInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Operation } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { TargetGroup } from "./target-group";
import type { TargetGroups } from "./target-groups";

/** The operations on targets: the emulator answers every other one of Elastic Load Balancing. */
export function targetOperations(targetGroups: TargetGroups) {
  const find = async (arn: string): Promise<TargetGroup> => {
    const group = await targetGroups.find(arn);
    if (!group) throw new ServiceError("TargetGroupNotFound", `One or more target groups not found`);
    return group;
  };
  const registerTargets: Operation<RegisterTargetsInput, void> = {
    permissions: ({ TargetGroupArn }) => [
      { action: "elasticloadbalancing:RegisterTargets", resource: TargetGroupArn! },
    ],
    async run({ TargetGroupArn, Targets }) {
      const group = await find(TargetGroupArn!);
      for (const { Id, Port } of Targets!) group.register(Id!, Port);
    },
  };
  const deregisterTargets: Operation<DeregisterTargetsInput, void> = {
    permissions: ({ TargetGroupArn }) => [
      { action: "elasticloadbalancing:DeregisterTargets", resource: TargetGroupArn! },
    ],
    async run({ TargetGroupArn, Targets }) {
      const group = await find(TargetGroupArn!);
      for (const { Id, Port } of Targets!) void group.deregister(Id!, Port);
    },
  };
  const describeTargetHealth: Operation<DescribeTargetHealthInput, DescribeTargetHealthOutput> = {
    permissions: () => [{ action: "elasticloadbalancing:DescribeTargetHealth", resource: "*" }],
    async run({ TargetGroupArn, Targets }) {
      const group = await find(TargetGroupArn!);
      const asked = Targets?.length
        ? Targets.map(({ Id, Port }) => ({ id: Id!, port: Port ?? group.settings.port }))
        : group.all();
      return {
        TargetHealthDescriptions: asked.map(({ id, port }) => ({
          Target: { Id: id, Port: port },
          HealthCheckPort: String(port),
          TargetHealth: group.healthOf(id, port),
        })),
      };
    },
  };
  return {
    RegisterTargets: registerTargets,
    DeregisterTargets: deregisterTargets,
    DescribeTargetHealth: describeTargetHealth,
  };
}
