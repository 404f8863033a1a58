import { evaluate, type MissingData, type Rule } from "../../../../rehearsal/cloud/cloudwatch/evaluate";

const treatments: readonly MissingData[] = ["missing", "ignore", "breaching", "notBreaching"];

/** Of `0 - X`: within the threshold, missing, breaching; the newest on the right. */
const pointsOf = (text: string) => text.split(" ").map((point) => ({ "0": 0, X: 1, "-": undefined })[point]);
const rule = (datapointsToAlarm: number, evaluationPeriods: number, missingData: MissingData): Rule => ({
  evaluationPeriods,
  datapointsToAlarm,
  missingData,
  breaches: (value) => value > 0,
});
const short = { OK: "ok", ALARM: "alarm", INSUFFICIENT_DATA: "?" } as const;
const states = (text: string, m: number, n: number, current: keyof typeof short) =>
  treatments
    .map((treatment) => short[evaluate(pointsOf(text), rule(m, n, treatment), current).state])
    .join(" ");

describe("the state of an alarm", () => {
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, where "retain" is kept
  it.each([
    [3, 3, "0 - X - X", 0, "ok ok ok ok"],
    [3, 3, "0 - - - -", 2, "ok ok ok ok"],
    [3, 3, "- - - - -", 3, "? retain alarm ok"],
    [3, 3, "0 X X - X", 0, "alarm alarm alarm alarm"],
    [3, 3, "- - X - -", 2, "alarm retain alarm ok"],
    [2, 3, "0 - X - X", 0, "alarm alarm alarm alarm"],
    [2, 3, "0 0 X 0 X", 0, "alarm alarm alarm alarm"],
    [2, 3, "0 - X - -", 1, "ok ok alarm ok"],
    [2, 3, "- - - - 0", 2, "ok ok alarm ok"],
    [2, 3, "- - - X -", 2, "alarm retain alarm ok"],
  ] as const)(
    "is for %i out of %i with %s, %i of them filled, as documented",
    (m, n, points, filled, expected) => {
      for (const current of ["OK", "ALARM"] as const)
        expect(states(points, m, n, current)).toBe(expected.replace("retain", short[current]));
      expect(evaluate(pointsOf(points), rule(m, n, "missing"), "OK").missing).toBe(filled);
    },
  );

  it.each([
    ["waits when what breaches is new and the only data", 3, 3, "- - - - X", "ok alarm alarm ok"],
    ["is in alarm when enough breaches, whatever is missing", 2, 3, "- - - X X", "alarm alarm alarm alarm"],
    ["ignores what is older than the periods that it evaluates", 1, 1, "X X 0", "ok ok ok ok"],
    ["looks further back for what is missing", 1, 1, "X - -", "alarm alarm alarm alarm"],
    ["wants all of N when M is N", 3, 3, "X X 0 X X", "ok ok ok ok"],
    ["needs the breaches in no order when M is less than N", 2, 3, "0 0 X 0 X", "alarm alarm alarm alarm"],
  ] as const)("%s", (_, m, n, points, expected) => expect(states(points, m, n, "ALARM")).toBe(expected));
});
