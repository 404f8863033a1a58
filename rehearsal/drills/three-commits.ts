import { changes } from "./application-copies";
import { demandNoFailures, demandSuccess, demandVersions, type DrillContext, type Release } from "./context";
import { demand, type Drill } from "./drill";
import { currentRelease } from "./good-release";

export const threeCommits: Drill = {
  name: "three-commits",
  mustHold: "three commits at once are three releases in order, and no version is used twice",
  async run(context: DrillContext) {
    const old = await currentRelease(context);
    const executions: string[] = [];
    for (const number of ["first", "second", "third"]) {
      const directory = context.application.changed(
        changes.greeting(`Hello from the ${number} of three, ${Date.now()}`),
      );
      executions.push(await context.begin(directory, `The ${number} of three commits`));
    }
    const releases: Release[] = [];
    for (const execution of executions) releases.push(await context.end(execution));
    releases.forEach(demandSuccess);
    const versions = releases.map(({ version }) => version);
    demand(
      new Set([old, ...versions]).size === 4,
      `a version was used twice: ${[old, ...versions].join(", ")}`,
    );
    await context.settled();
    demandVersions(await context.loadAfter(Date.now()), versions[2]!);
    const load = context.load();
    demandNoFailures(load);
    demandVersions(load, old, ...versions);
    return `${versions.join(", ")} in this order: ${load.toString()}`;
  },
};
