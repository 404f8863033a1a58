import { parseCron } from "../../../../rehearsal/cloud/codepipeline/rules/cron";
import { calendarOf } from "../../../../rehearsal/cloud/codepipeline/rules/deployment-window";

/** 24 November 2026 is a Tuesday; the month has 30 days and ends on a Monday. */
const at = (day: number, hour = 0, minute = 0, month = 11, year = 2026) => ({
  year,
  month,
  day,
  hour,
  minute,
});

describe("the cron expression of a deployment window", () => {
  it.each([
    ["every minute", "* * * * * ?", at(24, 3, 17), at(24, 3, 17, 1, 2030)],
    ["a range of hours on weekdays", "0 * 9-17 ? * MON-FRI *", at(24, 17, 59), at(27, 9)],
    ["a list", "0 0,30 9,12 ? * TUE,6", at(24, 9, 30), at(27, 12)],
    ["steps", "0 5/15 */6 * * ?", at(24, 18, 50), at(24, 0, 5)],
    ["a range over the end of the week", "* * * ? * FRI-MON", at(27), at(30)],
    ["a month by name, in any case", "* * * * nov ?", at(24), at(1)],
    ["the last day", "* * * L * ?", at(30), at(31, 0, 0, 12)],
    ["a day before the last", "* * * L-3 * ?", at(27), at(28, 0, 0, 12)],
    ["the weekday nearest to a Sunday", "* * * 15W * ?", at(16), at(15, 0, 0, 12)],
    ["the weekday nearest to a Saturday", "* * * 21W * ?", at(20), at(21, 0, 0, 12)],
    ["the last weekday", "* * * LW * ?", at(30), at(30, 0, 0, 10)],
    ["the last Friday", "* * * ? * 6L", at(27), at(25, 0, 0, 12)],
    ["the third Friday", "* * * ? * FRI#3", at(20), at(18, 0, 0, 12)],
    ["Saturday, as the last of the week", "* * * ? * L", at(28), at(7)],
    ["a year", "* * * * * ? 2026-2027", at(24), at(24, 0, 0, 1, 2027)],
  ])("says %s", (_, expression, one, other) => {
    const fits = parseCron(expression);
    expect([fits(one), fits(other)]).toEqual([true, true]);
  });

  it.each([
    ["the hour after a range", "0 * 9-17 ? * MON-FRI *", at(24, 18)],
    ["a day outside a range", "0 * 9-17 ? * MON-FRI *", at(28, 10)],
    ["a Friday that is not the last", "* * * ? * 6L", at(20)],
    ["a day that moved to the nearest weekday", "* * * 15W * ?", at(15)],
    ["another year", "* * * * * ? 1999", at(24)],
  ])("leaves out %s", (_, expression, moment) => expect(parseCron(expression)(moment)).toBe(false));

  it.each([
    "* * *",
    "* * 24 * * ?",
    "* 60 * * * ?",
    "* * * 0 * ?",
    "* * * ? * MON#6",
    "* x * * * ?",
    "* */0 * * * ?",
  ])("is refused as '%s'", (expression) => expect(() => parseCron(expression)).toThrow("cron expression"));
});

describe("a time zone", () => {
  const moment = new Date("2026-11-24T22:40:00Z");
  it.each([
    ["UTC", at(24, 22, 40)],
    ["UTC+05:30", at(25, 4, 10)],
    ["UTC-03:00", at(24, 19, 40)],
    ["Europe/Berlin", at(24, 23, 40)],
    ["EST", at(24, 17, 40)],
  ])("%s", (zone, expected) => expect(calendarOf(zone)(moment)).toEqual(expected));

  it("that nobody knows is refused", () => expect(() => calendarOf("Mars/Olympus")).toThrow("Mars/Olympus"));
});
