import type { RecordedEvent } from "../rehearsal/cloud/gateway/event-record";
import type { ReleaseFacts } from "../rehearsal/drills/good-release";
import { ReleaseRecord } from "./release-record";

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
  const record = new ReleaseRecord(events, executionId, pushedAt);
  const seconds = (from: number, to: number): number => (to - from) / 1000;
  /** When an action's own work was done; that of the others is when they say so. */
  const workDone: Readonly<Record<string, () => number>> = {
    BuildCode: () => record.buildEnded,
    "bake-image": () => record.imageIs("AVAILABLE"),
    "roll-out": () => record.refresh("Succeeded"),
  };
  const actions = record
    .actions()
    .map(({ name, started, succeeded }) => ({ name, started, done: workDone[name]?.() ?? succeeded }));
  const rollOut = actions.find(({ name }) => name === "roll-out");
  if (!rollOut) throw new Error("the record of the release has no action roll-out");
  const refreshStarted = record.refresh("Started");
  const begins = [...actions.slice(1).map(({ started }) => started), record.ended];
  return {
    firstAnswer: seconds(pushedAt, firstAnswerAt),
    lastOldAnswer: seconds(pushedAt, lastOldAnswerAt),
    whole: seconds(pushedAt, record.ended),
    steps: [
      { name: "push-app", seconds: seconds(pushedAt, record.committed) },
      ...actions
        .filter((action) => action !== rollOut)
        .map(({ name, started, done }) => ({ name, seconds: seconds(started, done) })),
      { name: "roll-out: start of the refresh", seconds: seconds(rollOut.started, refreshStarted) },
      { name: "roll-out: until a new instance answers", seconds: seconds(refreshStarted, firstAnswerAt) },
      { name: "roll-out: old and new answer", seconds: seconds(firstAnswerAt, lastOldAnswerAt) },
      { name: "roll-out: until the refresh has succeeded", seconds: seconds(lastOldAnswerAt, rollOut.done) },
    ],
    handOver:
      seconds(record.committed, actions[0]!.started) +
      actions.reduce((sum, { done }, index) => sum + seconds(done, begins[index]!), 0),
    maven: seconds(record.buildPhaseEnded("DOWNLOAD_SOURCE"), record.buildPhaseEnded("POST_BUILD")),
    java:
      seconds(record.imageIs("TESTING"), record.imageIs("DISTRIBUTING")) +
      seconds(refreshStarted, firstAnswerAt),
    waits: seconds(firstAnswerAt, rollOut.done),
  };
}
