import { changes } from "./application-copies";
import { demandNoFailures, demandSuccess, demandVersions, type DrillContext } from "./context";
import { demand, type Drill } from "./drill";

/** When what happened to a release; real milliseconds. */
export interface ReleaseFacts {
  readonly executionId: string;
  readonly pushedAt: number;
  readonly firstAnswerAt: number;
  readonly lastOldAnswerAt: number;
}

export const goodRelease: Drill = {
  name: "good-release",
  mustHold: "0 failed requests; both versions seen, then only the new one",
  async run(context: DrillContext) {
    const old = await currentRelease(context);
    const directory = context.application.changed(
      changes.greeting(`Hello from a good release, ${Date.now()}`),
    );
    const pushedAt = Date.now();
    const release = await context.release(directory, "A good release");
    demandSuccess(release);
    demandVersions(await context.loadAfter(release.endedAt), release.version);
    const load = context.load();
    demandNoFailures(load);
    demandVersions(load, old, release.version);
    const [before, after] = load.versions;
    const facts: ReleaseFacts = {
      executionId: release.id,
      pushedAt,
      firstAnswerAt: after!.firstAt,
      lastOldAnswerAt: before!.lastAt,
    };
    context.settings.record("good-release", facts);
    const overlap = before!.lastAt - after!.firstAt;
    demand(overlap > 0, `${release.version} did not answer before ${old} had stopped`);
    return `${old} to ${release.version}: ${load.toString()}, both answered for ${overlap} ms, then only ${release.version}`;
  },
};

/** Version of the release that the fleet runs. */
export async function currentRelease({ fleet }: DrillContext): Promise<string> {
  const { templateVersion } = await fleet.state();
  return (await fleet.releases()).get(templateVersion) ?? "none";
}
