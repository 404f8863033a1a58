import { changes } from "./application-copies";
import { demandFailure, demandNoFailures, demandVersions, type DrillContext } from "./context";
import { demand, type Drill } from "./drill";
import { currentRelease } from "./good-release";
import { demandRefused } from "./never-ready";

/** Enough for the image's own test and for becoming healthy; at 200 requests a second over after a second or two. */
const goodAnswers = 100;

export const answers500: Drill = {
  name: "answers-500",
  mustHold:
    "the alarm fires, rolled back; failed requests only from the new instances, counted, and none after the rollback",
  async run(context: DrillContext) {
    const before = await context.fleet.state();
    const old = await currentRelease(context);
    const release = await context.release(
      context.application.changed(changes.failAfter(goodAnswers)),
      "An application that answers 500 after a while",
    );
    const reason = demandFailure(release, "roll-out", /ended RollbackSuccessful: .*server-errors/);
    await demandRefused(context, release.version, before.templateVersion);
    const after = await context.loadAfter(Date.now());
    demandNoFailures(after);
    demandVersions(after, old);
    const load = context.load();
    const strangers = load.failed.filter(
      ({ version, status }) => version !== release.version || status !== 500,
    );
    demand(strangers.length === 0, `requests failed elsewhere than at the new instances: ${load.toString()}`);
    demand(load.failed.length > 0, "no request failed: the release was not bad");
    return `${load.toString()}, all at ${release.version}, none after the rollback to ${old}; ${reason}`;
  },
};
