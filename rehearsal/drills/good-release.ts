import { changes } from "./application-copies";
import { demandNoFailures, demandSuccess, demandVersions, type DrillContext } from "./context";
import type { Drill } from "./drill";

export const goodRelease: Drill = {
  name: "good-release",
  mustHold: "0 failed requests; both versions seen, then only the new one",
  async run(context: DrillContext) {
    const old = await currentRelease(context);
    const release = await context.release(
      context.application.changed(changes.greeting(`Hello from a good release, ${Date.now()}`)),
      "A good release",
    );
    demandSuccess(release);
    demandVersions(await context.loadAfter(release.endedAt), release.version);
    const load = context.load();
    demandNoFailures(load);
    demandVersions(load, old, release.version);
    const [before, after] = load.versions;
    const overlap = Math.max(0, before!.lastAt - after!.firstAt);
    return `${old} to ${release.version}: ${load.toString()}, both answered for ${overlap} ms, then only ${release.version}`;
  },
};

/** Version of the release that the fleet runs. */
export async function currentRelease({ fleet }: DrillContext): Promise<string> {
  const { templateVersion } = await fleet.state();
  return (await fleet.releases()).get(templateVersion) ?? "none";
}
