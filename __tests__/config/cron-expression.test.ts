import { isCronExpression } from "../../config/cron-expression";

describe("a cron expression of Image Builder", () => {
  test.each([
    "cron(0 4 ? * sun *)",
    "cron(0 0 * * ? *)",
    "cron(0/30 8-18 ? * MON-FRI 2026)",
    "cron(15 10 L jan,jul ? *)",
    "cron(15 10 ? * 6#3 2026-2030)",
    "cron(15 10 15W * ? *)",
  ])("may be %s", (text) => {
    expect(isCronExpression(text)).toBe(true);
  });

  test.each([
    ["", "nothing"],
    ["0 4 ? * sun *", "no cron()"],
    ["cron(0 4 ? * sun)", "five fields"],
    ["cron(0 4 ? * sun * *)", "seven fields"],
    ["cron( 0 4 ? * sun *)", "a leading space"],
    ["cron(0 4 * * sun *)", "both days"],
    ["cron(0 4 ? * ? *)", "no day"],
    ["cron(0 4 ?,1 * sun *)", "a ? among others"],
    ["cron(0 ? ? * sun *)", "a ? in the place of an hour"],
    ["cron(0 4 ? * sun/2 *)", "an increment of days of the week"],
    ["rate(1 day)", "a rate, which has no time of day"],
  ])("is not %s: %s", (text) => {
    expect(isCronExpression(text)).toBe(false);
  });
});
