import type { RecordedEvent } from "../rehearsal/cloud/gateway/event-record";
import type { ReleaseFacts } from "../rehearsal/drills/good-release";

/** A part of a release that somebody waited for, in the order in which they come. */
export interface ReleaseStep {
  readonly name: string;
  readonly seconds: number;
}

/** Where the seconds of a release went. */
export interface ReleaseSplit {
  readonly firstAnswer: number;
  readonly lastOldAnswer: number;
  /** From the push until the execution succeeded: the steps and the hand-overs. */
  readonly whole: number;
  readonly steps: readonly ReleaseStep[];
  /** Between the end of an action's work and the beginning of the next one: polling and passing on. */
  readonly handOver: number;
  readonly maven: number;
  readonly java: number;
  /** What the settings of a roll-out make it wait, on the cloud's clock. */
  readonly waits: number;
}

/** Splits a release by what the cloud's services said and by the answers that users got. */
export function splitRelease(events: readonly RecordedEvent[], facts: ReleaseFacts): ReleaseSplit {
  const { pushedAt, firstAnswerAt, lastOldAnswerAt, executionId } = facts;
  const seconds = (from: number, to: number): number => (to - from) / 1000;
  const during = events.filter(({ time }) => Date.parse(time) >= pushedAt);
  /** When an event of a kind was sent for the first time. @throws Error when it never was */
  const at = (what: string, isIt: (event: RecordedEvent) => boolean): number => {
    const found = during.find(isIt);
    if (!found) throw new Error(`the record of the release has no event for: ${what}`);
    return Date.parse(found.time);
  };
  const actionAt = (name: string, state: string): number =>
    at(`action ${name} ${state}`, ({ detailType, detail }) =>
      [
        detailType === "CodePipeline Action Execution State Change",
        detail["execution-id"] === executionId,
        detail["action"] === name,
        detail["state"] === state,
      ].every(Boolean),
    );
  const phaseEnd = (phase: string): number =>
    at(`end of the build's phase ${phase}`, ({ detail }) => detail["completed-phase"] === phase);
  const imageIs = (status: string): number =>
    at(`image ${status}`, ({ source, detail }) =>
      [source === "aws.imagebuilder", (detail["state"] as { status?: string })?.status === status].every(
        Boolean,
      ),
    );
  const refresh = (kind: string): number =>
    at(`refresh ${kind}`, ({ detailType }) => detailType === `EC2 Auto Scaling Instance Refresh ${kind}`);

  const committed = at("commit", ({ source }) => source === "aws.codecommit");
  const ended = at("end of the execution", ({ detailType, detail }) =>
    [
      detailType === "CodePipeline Pipeline Execution State Change",
      detail["execution-id"] === executionId,
      detail["state"] === "SUCCEEDED",
    ].every(Boolean),
  );
  /** When an action's own work was done; the other actions' is when they say so. */
  const workDone: Readonly<Record<string, () => number>> = {
    BuildCode: () => at("end of the build", ({ detail }) => detail["build-status"] === "SUCCEEDED"),
    "bake-image": () => imageIs("AVAILABLE"),
    "roll-out": () => refresh("Succeeded"),
  };
  const names = actionNames(during, executionId);
  const actions = names.map((name) => ({
    name,
    started: actionAt(name, "STARTED"),
    done: workDone[name]?.() ?? actionAt(name, "SUCCEEDED"),
  }));
  const rollOut = actions.find(({ name }) => name === "roll-out");
  if (!rollOut) throw new Error("the record of the release has no action roll-out");
  const steps = [
    { name: "push-app", seconds: seconds(pushedAt, committed) },
    ...actions
      .filter((action) => action !== rollOut)
      .map(({ name, started, done }) => ({ name, seconds: seconds(started, done) })),
    { name: "roll-out: start of the refresh", seconds: seconds(rollOut.started, refresh("Started")) },
    { name: "roll-out: until a new instance answers", seconds: seconds(refresh("Started"), firstAnswerAt) },
    { name: "roll-out: old and new answer", seconds: seconds(firstAnswerAt, lastOldAnswerAt) },
    { name: "roll-out: until the refresh has succeeded", seconds: seconds(lastOldAnswerAt, rollOut.done) },
  ];
  const begins = [...actions.slice(1).map(({ started }) => started), ended];
  const handOver =
    seconds(committed, actions[0]!.started) +
    actions.reduce((sum, { done }, index) => sum + seconds(done, begins[index]!), 0);
  return {
    firstAnswer: seconds(pushedAt, firstAnswerAt),
    lastOldAnswer: seconds(pushedAt, lastOldAnswerAt),
    whole: seconds(pushedAt, ended),
    steps,
    handOver,
    maven: seconds(phaseEnd("DOWNLOAD_SOURCE"), phaseEnd("POST_BUILD")),
    java: seconds(imageIs("TESTING"), imageIs("DISTRIBUTING")) + seconds(refresh("Started"), firstAnswerAt),
    waits: seconds(firstAnswerAt, rollOut.done),
  };
}

/** The actions of an execution in the order in which they started. */
function actionNames(events: readonly RecordedEvent[], executionId: string): readonly string[] {
  return events
    .filter(
      ({ detailType, detail }) =>
        detailType === "CodePipeline Action Execution State Change" &&
        detail["execution-id"] === executionId &&
        detail["state"] === "STARTED",
    )
    .map(({ detail }) => String(detail["action"]));
}
