import {
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EC2Client, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { clockAt } from "../cloud/instances/clock";
import { paces } from "../cloud/pace";
import { changes } from "./application-copies";
import { demandSuccess, demandVersions, type DrillContext } from "./context";
import { demand, type Drill } from "./drill";
import type { LoadReport } from "./load-report";

export const instanceDies: Drill = {
  name: "instance-dies",
  mustHold:
    "a new instance that dies during the refresh is replaced, and the refresh completes; no request is lost but with the instance",
  async run(context: DrillContext) {
    const before = await context.fleet.state();
    const execution = await context.begin(
      context.application.changed(changes.greeting(`Hello from survivors, ${Date.now()}`)),
      "A release of which an instance dies",
    );
    const victim = await context.during(execution, "an instance of the new version serves", () =>
      newcomer(context, before),
    );
    const killedAt = Date.now();
    await new EC2Client(context.options).send(new TerminateInstancesCommand({ InstanceIds: [victim] }));
    const refresh = await context.fleet.newestRefresh();
    demand(
      refresh?.Status === "InProgress" || refresh?.Status === "Baking",
      `the refresh was ${refresh?.Status} when ${victim} died`,
    );
    const release = await context.end(execution);
    demandSuccess(release);
    const state = await context.settled();
    demand(!state.instances.some(({ id }) => id === victim), `${victim} is still in the group`);
    demandVersions(await context.loadAfter(release.endedAt), release.version);
    const load = context.load();
    const lost = demandLostWith(load, killedAt, await detectionMilliseconds(context));
    return `${victim} died while the refresh was ${refresh.Status}, and ${lost}; ${state.instances.map(({ id }) => id).join(" and ")} serve ${release.version}: ${load.toString()}`;
  },
};

/**
 * Requests may be lost with an instance that dies, for as long as the load balancer does not know: it answers them with
 * 502, or cuts off what was under way. Nothing else may fail, and nothing at another time.
 * @returns what was lost, in words. @throws DrillFailure
 */
export function demandLostWith(load: LoadReport, diedAt: number, withinMilliseconds: number): string {
  const { failed } = load;
  const early = failed.filter(({ at }) => at < diedAt);
  demand(early.length === 0, `${early.length} requests failed before the instance died: ${load.toString()}`);
  const others = failed.filter(({ status }) => status !== 502 && status !== 0);
  demand(others.length === 0, `requests failed otherwise than with the instance: ${load.toString()}`);
  const last = Math.max(0, ...failed.map(({ at }) => at - diedAt));
  demand(
    last <= withinMilliseconds,
    `requests failed for ${last} ms after the instance had died; health checks take ${withinMilliseconds} ms to find out`,
  );
  return failed.length === 0
    ? "no request with it"
    : `${failed.length} requests with it, the last one after ${last} ms`;
}

/** How long health checks may take to find a dead instance, in real milliseconds. */
async function detectionMilliseconds({ options, settings }: DrillContext): Promise<number> {
  const { TargetGroups } = await new ElasticLoadBalancingV2Client(options).send(
    new DescribeTargetGroupsCommand({ Names: [settings.environment.loadBalancer] }),
  );
  const { HealthCheckIntervalSeconds = 0, UnhealthyThresholdCount = 0 } = TargetGroups![0]!;
  return clockAt(paces.rehearsal.clockSpeed).milliseconds(
    HealthCheckIntervalSeconds * UnhealthyThresholdCount,
  );
}

/** An instance that answers and was not there before. */
function newcomer(
  context: DrillContext,
  before: { instances: readonly { id: string }[] },
): string | undefined {
  const old = before.instances.map(({ id }) => id);
  const { load } = context.settings;
  return load
    .since(Date.now() - 2000)
    .answers.map(({ instance }) => instance)
    .find((id) => id !== undefined && !old.includes(id));
}
