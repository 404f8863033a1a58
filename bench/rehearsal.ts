import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { waits } from "./deploy-log";
import { rehearse, rehearsalLogs as logs } from "./rehearse";
import { atMost, type Line, type Part } from "./result";

const longWaitSeconds = 20;
const limitSeconds = 240;

/** `npm run rehearse`, once, with what its steps took. */
export function rehearsal(): Part {
  const { status, seconds } = rehearse();
  const passed = status === 0;
  const target = atMost(seconds, limitSeconds, " s");
  return {
    title: "The whole rehearsal",
    lines: [
      {
        what: passed ? "`npm run rehearse`" : `\`npm run rehearse\`, which failed with exit code ${status}`,
        result: secondsText(seconds),
        target: { ...target, met: passed && target.met },
      },
      ...steps(),
      ...providerWaits(),
    ],
    notes: [
      `Run once. The provider's own waits are its fixed pauses and polling intervals, of ${longWaitSeconds} s and more; resources are made at the same time, so the longest counts for the step "deploy", not their sum.`,
    ],
  };
}

function steps(): readonly Line[] {
  const file = path.join(logs, "steps.json");
  if (!existsSync(file)) return [{ what: "step by step", result: "the rehearsal left no steps.json" }];
  const all = JSON.parse(readFileSync(file, "utf8")) as { name: string; seconds: number }[];
  return all.map(({ name, seconds }) => ({ what: `step: ${name}`, result: secondsText(seconds) }));
}

function providerWaits(): readonly Line[] {
  const file = path.join(logs, "logs/cdktf-deploy.log");
  if (!existsSync(file)) return [];
  return waits(readFileSync(file, "utf8"), longWaitSeconds).map(({ type, seconds }) => ({
    what: `provider's own wait: ${type}`,
    result: secondsText(seconds),
  }));
}

function secondsText(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
