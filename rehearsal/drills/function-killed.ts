import { DescribeImagesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { setTimeout as pause } from "node:timers/promises";
import { changes } from "./application-copies";
import { demandNoFailures, demandSuccess, demandVersions, type DrillContext } from "./context";
import { demand, type Drill } from "./drill";
import { functionProcesses, signalProcess } from "../function-processes";
import { currentRelease } from "./good-release";

/** Until a job has reached the process that is to die. */
const deliveryMilliseconds = 300;
/** How long it may work on the job before it dies. */
const workMilliseconds = 50;

export const functionKilled: Drill = {
  name: "function-killed",
  mustHold:
    "the pipeline completes although every function is killed with a job in hand, and nothing is made twice",
  async run(context: DrillContext) {
    const old = await currentRelease(context);
    const execution = await context.begin(
      context.application.changed(changes.greeting(`Hello from the deathless, ${Date.now()}`)),
      "A release whose functions are killed",
    );
    const killed: string[] = [];
    for (const action of ["version", "prepare-image", "bake-image", "prepare-release", "roll-out"])
      killed.push(...(await killDuring(context, execution, action)));
    const release = await context.end(execution);
    demandSuccess(release);
    demand(new Set(killed).size === 5, `only these functions had a process to kill: ${killed.join(", ")}`);
    await demandMadeOnce(context, release.version);
    demandVersions(await context.loadAfter(release.endedAt), release.version);
    const load = context.load();
    demandNoFailures(load);
    demandVersions(load, old, release.version);
    return `${release.version} came through although ${killed.length} processes of 5 functions were killed: ${load.toString()}`;
  },
};

/**
 * Holds the action's function still until a job is delivered to it, lets it work for a moment, and kills it.
 * @returns the action's name, once for each process that died
 */
async function killDuring(context: DrillContext, execution: string, action: string): Promise<string[]> {
  const held = await functionProcesses(context.settings.cloudDirectory, action);
  held.forEach((pid) => signalProcess(pid, "SIGSTOP"));
  try {
    await context.during(
      execution,
      `${action} is under way`,
      async () => {
        const actions = await context.settings.follower.actions(execution);
        return actions.find(({ actionName }) => actionName === action);
      },
      50,
    );
    await pause(deliveryMilliseconds);
    held.forEach((pid) => signalProcess(pid, "SIGCONT"));
    await pause(workMilliseconds);
  } finally {
    held.forEach((pid) => signalProcess(pid, "SIGKILL"));
  }
  return held.map(() => action);
}

async function demandMadeOnce({ options, fleet }: DrillContext, version: string): Promise<void> {
  const { Images } = await new EC2Client(options).send(
    new DescribeImagesCommand({ Owners: ["self"], Filters: [{ Name: "tag:Version", Values: [version] }] }),
  );
  demand(Images?.length === 1, `there are ${Images?.length ?? 0} AMIs of ${version}`);
  const versions = [...(await fleet.releases()).values()].filter((description) => description === version);
  demand(versions.length === 1, `there are ${versions.length} launch template versions of ${version}`);
}
