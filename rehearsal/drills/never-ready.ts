import { changes } from "./application-copies";
import { demandFailure, demandNoFailures, demandVersions, type DrillContext } from "./context";
import { demand, type Drill } from "./drill";
import { currentRelease } from "./good-release";

export const neverReady: Drill = {
  name: "never-ready",
  mustHold:
    "rolled back, the old version serves throughout, 0 failed requests, the pipeline failed with the reason",
  async run(context: DrillContext) {
    const before = await context.fleet.state();
    const old = await currentRelease(context);
    const release = await context.release(
      context.application.untested(changes.neverReady),
      "An application that never becomes ready",
    );
    const reason = demandFailure(
      release,
      "roll-out",
      /ended RollbackSuccessful: .*(alarm|replace instances)/i,
    );
    await demandRefused(context, release.version, before.templateVersion);
    const load = await context.loadAfter(context.startedAt);
    demandNoFailures(load);
    demandVersions(load, old);
    return `${release.version} never had a request, ${old} served all through: ${load.toString()}; ${reason}`;
  },
};

/** A refused release leaves the fleet with the old version, the default as it was, and no version of its own. */
export async function demandRefused(
  context: DrillContext,
  version: string,
  templateVersion: string,
): Promise<void> {
  const state = await context.settled();
  demand(
    state.templateVersion === templateVersion,
    `the group has version ${state.templateVersion}, not ${templateVersion} as before`,
  );
  const isDefault = await context.fleet.defaultVersion();
  demand(
    isDefault === templateVersion,
    `the default version is ${isDefault}, not ${templateVersion} as before`,
  );
  const left = [...(await context.fleet.releases())].filter(([, description]) => description === version);
  demand(left.length === 0, `the launch template version of the refused release ${version} is still there`);
}
