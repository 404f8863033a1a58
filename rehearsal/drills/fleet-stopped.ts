import { AutoScalingClient, SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { changes } from "./application-copies";
import { demandSuccess, demandVersions, type DrillContext } from "./context";
import { demand, type Drill } from "./drill";

export const fleetStopped: Drill = {
  name: "fleet-stopped",
  mustHold:
    "a fleet that is stopped takes the new version and starts nothing; started again, it serves the new version",
  async run(context: DrillContext) {
    const { desired } = await context.fleet.state();
    await scale(context, 0);
    await context.settled();
    const release = await context.release(
      context.application.changed(changes.greeting(`Hello from a fleet that slept, ${Date.now()}`)),
      "A release at night",
    );
    demandSuccess(release);
    const asleep = await context.fleet.state();
    const taken = (await context.fleet.releases()).get(asleep.templateVersion);
    demand(taken === release.version, `the group has release ${taken}, not ${release.version}`);
    demand(
      asleep.desired === 0 && asleep.instances.length === 0,
      `the release started ${asleep.instances.length} instances`,
    );
    await scale(context, desired);
    await context.settled();
    await context.until(`an answer of ${release.version}`, () => {
      const answers = context.settings.load.since(Date.now() - 1000);
      return answers.answers.length > 0 && answers.failed.length === 0 ? true : undefined;
    });
    const load = await context.loadAfter(Date.now());
    demandVersions(load, release.version);
    return `${release.version} was taken while nothing ran; ${desired} instances started in the morning serve it: ${load.toString()}`;
  },
};

async function scale({ options, fleet }: DrillContext, DesiredCapacity: number): Promise<void> {
  await new AutoScalingClient(options).send(
    new SetDesiredCapacityCommand({ AutoScalingGroupName: fleet.groupName, DesiredCapacity }),
  );
}
