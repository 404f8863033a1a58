import { changes } from "./application-copies";
import { demandNoFailures, demandSuccess, demandVersions, type DrillContext } from "./context";
import { demand, type Drill } from "./drill";
import { currentRelease } from "./good-release";

export const rollbackByHand: Drill = {
  name: "rollback-by-hand",
  mustHold: "the previous image serves again, through the same instance refresh",
  async run(context: DrillContext) {
    const previous = await currentRelease(context);
    const release = await context.release(
      context.application.changed(changes.greeting(`Hello from a mistake, ${Date.now()}`)),
      "A release that somebody regrets",
    );
    demandSuccess(release);
    const refreshBefore = await context.fleet.newestRefresh();
    await context.settings.command("cli/rollback.ts", context.settings.environmentName);
    const now = await currentRelease(context);
    demand(now === previous, `the group has release ${now}, not ${previous}`);
    const refresh = await context.fleet.newestRefresh();
    demand(
      refresh?.Status === "Successful" && refresh.InstanceRefreshId !== refreshBefore?.InstanceRefreshId,
      `the newest instance refresh is ${refresh?.InstanceRefreshId}, ${refresh?.Status}`,
    );
    const { templateVersion } = await context.settled();
    const isDefault = await context.fleet.defaultVersion();
    demand(isDefault === templateVersion, `the default version is ${isDefault}, not ${templateVersion}`);
    demandVersions(await context.loadAfter(Date.now()), previous);
    const load = context.load();
    demandNoFailures(load);
    demandVersions(load, previous, release.version);
    return `${release.version} back to ${previous} by refresh ${refresh.InstanceRefreshId}: ${load.toString()}`;
  },
};
