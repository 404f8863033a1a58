import type { ActionExecutionDetail } from "@aws-sdk/client-codepipeline";
import type { ExecutionMode } from "../../config/configuration";
import { changes } from "./application-copies";
import { demandNoFailures, demandSuccess, demandVersions, type DrillContext, type Release } from "./context";
import { demand, type Drill } from "./drill";
import { currentRelease } from "./good-release";

export const threeCommits: Drill = {
  name: "three-commits",
  mustHold:
    "three commits at once are three releases, each of its commit and in order; with SUPERSEDED the last is released; no version is used twice",
  async run(context: DrillContext) {
    const { follower, push, signal, executionMode } = context.settings;
    const old = await currentRelease(context);
    const known = new Set(await follower.executions());
    const commits: string[] = [];
    for (const number of ["first", "second", "third"]) {
      const directory = context.application.changed(
        changes.greeting(`Hello from the ${number} of three, ${Date.now()}`),
      );
      commits.push(await push(directory, `The ${number} of three commits`));
    }
    const executions = await context.until("three executions", async () => {
      const started = (await follower.executions()).filter((id) => !known.has(id));
      return started.length >= commits.length ? started.reverse() : undefined;
    });
    signal.throwIfAborted();
    const releases: Release[] = [];
    for (const execution of executions) releases.push(await context.end(execution));
    const versions = demandReleased(releases, commits, executionMode);
    demand(!versions.includes(old), `version ${old} was used twice`);
    await context.settled();
    demandVersions(await context.loadAfter(Date.now()), versions.at(-1)!);
    const load = context.load();
    demandNoFailures(load);
    demandVersions(load, old, ...versions);
    return `${versions.join(", ")} in this order: ${load.toString()}`;
  },
};

/**
 * @param releases in the order in which their executions were started
 * @returns the versions that were released, in order
 * @throws DrillFailure unless the commits were released once each and in order, or superseded where that is configured
 */
export function demandReleased(
  releases: readonly Release[],
  commits: readonly string[],
  mode: ExecutionMode,
): string[] {
  const superseded = ({ status }: Release): boolean => mode === "SUPERSEDED" && status === "Superseded";
  const released = releases.filter((release) => !superseded(release));
  released.forEach(demandSuccess);
  const taken = released.map(commitOf);
  const wanted = mode === "QUEUED" ? commits : commits.filter((commit) => taken.includes(commit));
  demand(
    releases.length === commits.length && taken.join() === wanted.join() && taken.at(-1) === commits.at(-1),
    `the commits ${commits.join(", ")} had to be released, each once and in this order, and ${taken.join(", ")} were`,
  );
  const versions = released.map(({ version }) => version);
  // a superseded one may have drawn a version as well
  const drawn = releases.map(({ version }) => version).filter((version) => version !== "none");
  demand(new Set(drawn).size === drawn.length, `a version was used twice: ${drawn.join(", ")}`);
  released.slice(1).forEach((release, index) => {
    const before = rollOutOf(released[index]!)?.lastUpdateTime;
    demand(
      before! <= rollOutOf(release)!.startTime!,
      `the roll-out of ${release.version} began before that of ${versions[index]} had ended`,
    );
  });
  return versions;
}

const commitOf = ({ actions }: Release): string =>
  actions.find(({ output }) => output?.outputVariables?.CommitId)?.output?.outputVariables?.CommitId ??
  "none";

const rollOutOf = ({ actions }: Release): ActionExecutionDetail | undefined =>
  actions.findLast(({ actionName }) => actionName === "roll-out");
