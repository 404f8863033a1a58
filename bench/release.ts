import { readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../cli/user-error";
import type { RecordedEvent } from "../rehearsal/cloud/gateway/event-record";
import { goodRelease, type ReleaseFacts } from "../rehearsal/drills/good-release";
import { rehearse, rehearsalLogs } from "./rehearse";
import { splitRelease, type ReleaseSplit } from "./release-split";
import { atMost, type Line, type Part } from "./result";

const handOverLimit = 5;

/** A release under load, from the push of a commit to a replaced fleet, once. */
export function release(): Part {
  const { status } = rehearse("--drill", goodRelease.name);
  if (status !== 0) throw new UserError(`the drill ${goodRelease.name} failed with exit code ${status}`);
  const facts = JSON.parse(
    readFileSync(path.join(rehearsalLogs, `logs/${goodRelease.name}.json`), "utf8"),
  ) as ReleaseFacts;
  const events = readFileSync(path.join(rehearsalLogs, "cloud/events.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedEvent);
  return {
    title: "A release in the local cloud",
    lines: linesOf(splitRelease(events, facts)),
    notes: [
      `Run once, by the drill ${goodRelease.name}: under 200 requests a second, none of which failed. Polling and hand-over are from the end of an action's work (the build, the bake, the refresh) to the beginning of the next action, and from the commit to the first one.`,
      "Maven is the build's own phases; Java the test of the image and the start of the instances, health checks included; the roll-out's waits are warm-up, draining and bake time, eight times faster than on AWS. The rest is ours: push-app, the functions, and what the gateway does in the place of CodePipeline, CodeBuild and Image Builder. Terraform has no part in a release.",
    ],
  };
}

export function linesOf(split: ReleaseSplit): readonly Line[] {
  const { whole, handOver, maven, java, waits } = split;
  const share = (seconds: number): number => (100 * seconds) / whole;
  const line = (what: string, seconds: number): Line => ({ what, result: `${seconds.toFixed(1)} s` });
  const shared = (what: string, seconds: number): Line => ({
    what,
    result: `${seconds.toFixed(1)} s, ${share(seconds).toFixed(0)} %`,
  });
  return [
    line("push to the first answer of the new version", split.firstAnswer),
    line("push to the last answer of the old version", split.lastOldAnswer),
    line("push to the end of the execution", whole),
    ...split.steps.map(({ name, seconds }) => line(`step: ${name}`, seconds)),
    {
      what: "polling and hand-over, all together",
      result: `${handOver.toFixed(1)} s, ${share(handOver).toFixed(1)} %`,
      target: atMost(share(handOver), handOverLimit, " %"),
    },
    shared("Maven", maven),
    shared("Java", java),
    shared("the roll-out's waits", waits),
    shared("ours", whole - maven - java - waits),
  ];
}
