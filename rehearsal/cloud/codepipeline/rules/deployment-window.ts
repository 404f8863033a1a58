import { pause } from "../../instances/every";
import { ActionFailure, interruption } from "../action-failure";
import { type CalendarMinute, parseCron } from "./cron";
import type { RuleContext, RuleRunner } from "./rule-runner";

/** A window opens at a minute of the day, which no clock of ours makes faster. */
const lookEveryMilliseconds = 1000;

/**
 * Waits until the window opens.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
 */
export const deploymentWindow: RuleRunner = async (context: RuleContext): Promise<string> => {
  const { Cron: cron = "", TimeZone: timeZone = "UTC" } = context.configuration;
  const isOpen = attempt(() => parseCron(cron));
  const calendar = attempt(() => calendarOf(timeZone));
  while (!isOpen(calendar(new Date()))) {
    await pause(lookEveryMilliseconds, context.abandoned);
    if (context.abandoned.aborted) throw interruption(context.abandoned);
  }
  return `The deployment window '${cron}' (${timeZone}) is open`;
};

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ActionFailure("ConfigurationError", (error as Error).message);
  }
}

/** Region/City, an abbreviation such as EST, or UTC with an optional offset such as UTC+05:30. */
export function calendarOf(timeZone: string): (moment: Date) => CalendarMinute {
  const [, sign, hours, minutes] = /^UTC(?:([+-])(\d\d):(\d\d))?$/.exec(timeZone) ?? [];
  const offset = sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: sign ? "UTC" : timeZone,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (moment) => {
    const parts = format.formatToParts(moment.getTime() + offset * 60_000);
    const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)!.value);
    return {
      year: part("year"),
      month: part("month"),
      day: part("day"),
      hour: part("hour"),
      minute: part("minute"),
    };
  };
}
