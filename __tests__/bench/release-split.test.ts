import { linesOf } from "../../bench/release";
import { splitRelease } from "../../bench/release-split";
import type { RecordedEvent } from "../../rehearsal/cloud/gateway/event-record";

const executionId = "execution-1";
const event = (
  second: number,
  source: string,
  detailType: string,
  detail: RecordedEvent["detail"],
): RecordedEvent => ({
  time: new Date(second * 1000).toISOString(),
  source: `aws.${source}`,
  detailType,
  resources: [],
  detail,
});
const pipeline = (second: number, kind: string, detail: Record<string, string>) =>
  event(second, "codepipeline", `CodePipeline ${kind} Execution State Change`, {
    "execution-id": executionId,
    ...detail,
  });
const action = (name: string, started: number, succeeded: number) => [
  pipeline(started, "Action", { "action-execution-id": name, action: name, state: "STARTED" }),
  pipeline(succeeded, "Action", { "action-execution-id": name, action: name, state: "SUCCEEDED" }),
];
const phase = (second: number, name: string) =>
  event(second, "codebuild", "CodeBuild Build Phase Change", { "completed-phase": name });
const image = (second: number, status: string) =>
  event(second, "imagebuilder", "EC2 Image Builder Image State Change", { state: { status } });
const refresh = (second: number, kind: string) =>
  event(second, "autoscaling", `EC2 Auto Scaling Instance Refresh ${kind}`, {});

/** A release that is pushed at 100, with an older one before it. */
const events = [
  event(10, "codecommit", "CodeCommit Repository State Change", {}),
  image(20, "AVAILABLE"),
  event(101, "codecommit", "CodeCommit Repository State Change", {}),
  ...action("Source", 102, 103),
  ...action("BuildCode", 103, 115),
  phase(104, "DOWNLOAD_SOURCE"),
  phase(112, "POST_BUILD"),
  event(113, "codebuild", "CodeBuild Build State Change", { "build-status": "SUCCEEDED" }),
  ...action("bake-image", 115, 126),
  image(120, "TESTING"),
  image(124, "DISTRIBUTING"),
  image(125, "AVAILABLE"),
  ...action("roll-out", 126, 150),
  refresh(127, "Started"),
  refresh(149, "Succeeded"),
  pipeline(150, "Pipeline", { state: "SUCCEEDED" }),
].sort((a, b) => a.time.localeCompare(b.time));
const facts = { executionId, pushedAt: 100_000, firstAnswerAt: 135_000, lastOldAnswerAt: 139_000 };
const split = splitRelease(events, facts);

describe("the seconds of a release", () => {
  it("are counted from the push to the answers that users got", () => {
    expect(split).toMatchObject({ firstAnswer: 35, lastOldAnswer: 39, whole: 50 });
  });

  it("are all in a step or in the hand-over between two", () => {
    expect(split.steps.map(({ name, seconds }) => [name, seconds])).toEqual([
      ["push-app", 1],
      ["Source", 1],
      ["BuildCode", 10],
      ["bake-image", 10],
      ["roll-out: start of the refresh", 1],
      ["roll-out: until a new instance answers", 8],
      ["roll-out: old and new answer", 4],
      ["roll-out: until the refresh has succeeded", 10],
    ]);
    // commit 1, build 2, bake 1, refresh 1
    expect(split.handOver).toBe(5);
    expect(split.steps.reduce((sum, { seconds }) => sum + seconds, split.handOver)).toBe(split.whole);
  });

  it("are Maven's, Java's, the roll-out's own waits, or ours", () => {
    expect(split).toMatchObject({ maven: 8, java: 4 + 8, waits: 14 });
    expect(linesOf(split).at(-1)).toEqual({ what: "ours", result: "16.0 s, 32 %" });
  });

  it("miss the target when more than 5 percent are polling and hand-over", () => {
    const handOver = linesOf(split).find(({ what }) => what.startsWith("polling"));
    expect(handOver).toEqual({
      what: "polling and hand-over, all together",
      result: "5.0 s, 10.0 %",
      target: { text: "at most 5 %", met: false },
    });
  });

  it("can't be told when something was not recorded", () => {
    const gap = events.filter(({ detailType }) => !detailType.endsWith("Refresh Succeeded"));
    expect(() => splitRelease(gap, facts)).toThrow(
      "has no event of EC2 Auto Scaling Instance Refresh Succeeded",
    );
  });
});
