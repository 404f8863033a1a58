import { EC2Client, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { changes } from "./application-copies";
import { demandSuccess, demandVersions, type DrillContext } from "./context";
import { demand, type Drill } from "./drill";

export const instanceDies: Drill = {
  name: "instance-dies",
  mustHold: "a new instance that dies during the refresh is replaced, and the refresh completes",
  async run(context: DrillContext) {
    const before = await context.fleet.state();
    const execution = await context.begin(
      context.application.changed(changes.greeting(`Hello from survivors, ${Date.now()}`)),
      "A release of which an instance dies",
    );
    const victim = await context.during(execution, "an instance of the new version serves", () =>
      newcomer(context, before),
    );
    await new EC2Client(context.options).send(new TerminateInstancesCommand({ InstanceIds: [victim] }));
    const killedAt = Date.now();
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
    const elsewhere = load.failed.filter(({ at }) => at < killedAt);
    demand(elsewhere.length === 0, `requests failed before ${victim} died: ${load.toString()}`);
    return `${victim} died while the refresh was ${refresh.Status}; ${state.instances.map(({ id }) => id).join(" and ")} serve ${release.version}: ${load.toString()}`;
  },
};

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
