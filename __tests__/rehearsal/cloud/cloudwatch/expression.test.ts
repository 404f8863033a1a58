import fc from "fast-check";
import { evaluateExpression, type Series } from "../../../../rehearsal/cloud/cloudwatch/expression";
import { Unsupported } from "../../../../rehearsal/cloud/cloudwatch/unsupported";

const _ = undefined;
const evaluate = (text: string, metrics: Readonly<Record<string, Series>>): Series =>
  evaluateExpression(text, {
    metricIds: Object.keys(metrics),
    seriesOf(id) {
      const series = metrics[id];
      if (!series) throw new Unsupported(`id ${id}`);
      return series;
    },
  });

/** Expressions over m1 and m2, in metric math and in JavaScript. */
const { arithmetic } = fc.letrec<{ arithmetic: readonly [string, string] }>((tie) => ({
  arithmetic: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<[string, string]>(["m1", "m1"], ["m2", "m2"]),
    fc
      .oneof(fc.nat(1000), fc.double({ min: 0.001, max: 1000, noNaN: true }))
      .map((value): [string, string] => [value.toFixed(3), value.toFixed(3)]),
    fc
      .tuple(tie("arithmetic"), fc.constantFrom("+", "-", "*", " < ", " >= "), tie("arithmetic"))
      .map(([left, operator, right]): [string, string] => [
        `${left[0]}${operator}${right[0]}`,
        // as JavaScript groups it, with comparisons as numbers
        /[<>]/.test(operator) ? `+(${left[1]}${operator}${right[1]})` : `${left[1]}${operator}${right[1]}`,
      ])
      .map(([ours, theirs]): [string, string] => [`(${ours})`, `(${theirs})`]),
    fc
      .tuple(tie("arithmetic"), fc.integer({ min: 1, max: 99 }))
      .map(([[ours, theirs], by]): [string, string] => [`(${ours}/${by})`, `(${theirs}/${by})`]),
    tie("arithmetic").map(([ours, theirs]): [string, string] => [`(-${ours})`, `(-${theirs})`]),
    fc
      .tuple(tie("arithmetic"), fc.nat(2))
      .map(([[ours, theirs], power]): [string, string] => [`(${ours}^${power})`, `((${theirs})**${power})`]),
  ),
}));

/** Without parentheses: only precedence and grouping decide. */
const flat = fc
  .tuple(fc.nat(99), fc.array(fc.tuple(fc.constantFrom("+", "-", "*", "/"), fc.integer({ min: 1, max: 99 }))))
  .map(([first, rest]) => `${first}${rest.map(([operator, value]) => ` ${operator} ${value}`).join("")}`);

const calculate = (text: string, m1: number, m2: number): number =>
  new Function("m1", "m2", `return ${text}`)(m1, m2) as number;

describe("metric math", () => {
  it("calculates as JavaScript does", () => {
    const values = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(arithmetic, values, values, ([ours, theirs], m1, m2) => {
        const found = evaluate(`m1 - m1 + ${ours}`, { m1: [m1], m2: [m2] });
        expect(found).toEqual([0 + calculate(theirs, m1, m2)]);
      }),
      { numRuns: 500 },
    );
  });

  it("binds and groups as JavaScript does without parentheses", () => {
    fc.assert(
      fc.property(flat, (text) => {
        expect(evaluate(`0 * m1 + (${text})`, { m1: [1] })).toEqual([calculate(text, 0, 0)]);
      }),
    );
    expect(evaluate("m1 ^ 3 ^ 2", { m1: [2] })).toEqual([512]);
    expect(evaluate("-m1 ^ 2", { m1: [3] })).toEqual([-9]);
    expect(evaluate("m1 ^ -1", { m1: [4] })).toEqual([0.25]);
  });

  it.each([
    ["treats what one of two series misses as a 0", "m1 + m2", [1, _, 3, _], [10, 20, _, _], [11, 20, 3, _]],
    ["has no data point for a number alone", "m1 + 5", [1, _], [], [6, _]],
    ["drops a division by zero", "m1 / m2", [1, 0, 4], [0, 0, 2], [_, _, 2]],
    ["compares", "m1 < m2", [30, 20, 0, 0], [20, _, 20, _], [0, 0, 1, 0]],
    ["compares with a number", "m1 >= 30", [30, 20, 0, 0], [], [1, 0, 0, 0]],
    ["joins comparisons", "m1 > 15 AND m2 > 15", [30, 20, 0, 0], [20, _, 20, _], [1, 0, 0, 0]],
    ["joins comparisons in signs", "m1 > 25 || m2 > 25", [30, 20], [20, 30], [1, 1]],
    ["fills with a number", "FILL(m1, 7)", [_, 1, _], [], [7, 1, 7]],
    ["fills with the last value", "FILL(m1, REPEAT)", [_, 1, _, 2, _], [], [_, 1, 1, 2, 2]],
    ["fills with another series", "FILL(m1, m2)", [_, 1, _], [5, 6, _], [5, 1, _]],
    ["chooses one of two numbers", "IF(m1 < 400, 10, 2)", [399, 400, _], [], [10, 2, _]],
    ["drops what is chosen from nothing", "IF(m1 < 400, m1)", [399, 400, _], [], [399, _, _]],
    [
      "has 0 for a value that is chosen and missing",
      "IF(m1, m2, 5)",
      [1, 1, 0, 0, _],
      [30, _, 0, 0, 30],
      [30, 0, 5, 5, _],
    ],
    [
      "chooses between a number and a series",
      "IF(m1, 5, m2)",
      [1, 1, 0, 0, _],
      [0, 0, 20, _, 20],
      [5, 5, 20, _, _],
    ],
    ["chooses a series by a number", "IF(1 > 2, m1, m2)", [1, _], [2, 3], [2, 3]],
    ["adds up an array", "SUM([m1, m2])", [1, _, _], [10, 20, _], [11, 20, _]],
    ["averages an array, where missing is 0", "AVG([m1, m2])", [1, _, _], [10, 20, _], [5.5, 10, _]],
    ["has the least of an array", "MIN([m1, m2])", [1, _], [10, 20], [1, 20]],
    ["has the most of all metrics", "MAX(METRICS())", [1, _], [10, 20], [10, 20]],
    ["takes metrics by their ids", 'SUM(METRICS("2"))', [1, 1], [10, 20], [10, 20]],
    ["works on every series of an array", "SUM(100 / [m1, m2] * 2)", [1, 2], [4, 5], [250, 140]],
    ["has a number for one series", "m1 - MIN(m1) + 0 * AVG(m1)", [3, 1, _], [], [2, 0, _]],
    ["fills an array", "SUM(FILL([m1, m2], 1))", [_, 2], [_, _], [2, 3]],
  ] as [string, string, Series, Series, Series][])("%s: %s", (_name, text, m1, m2, expected) =>
    expect(evaluate(text, { m1, m2 })).toEqual(expected),
  );

  it.each([
    ["RATE(m1)", "RATE of 1"],
    ["FILL(m1, LINEAR)", "LINEAR"],
    ["ANOMALY_DETECTION_BAND(m1, 2)", "ANOMALY_DETECTION_BAND"],
    ["SEARCH('{AWS/ApplicationELB}', 'Sum')", "SEARCH"],
    ["SUM(m1)", "its result is not one time series"],
    ["METRICS()", "its result is not one time series"],
    ["[m1, m2] + [m1, m2]", "two arrays"],
    ["m1 +", "ends too early"],
    ["(m1", "ends too early"],
    ["m1 m2", "m2 is out of place"],
    ["m1 % 2", "% 2 can't be read"],
    ["SUM([m1 m2])", "m2 where , is expected"],
    ["", "ends too early"],
    ["m3", "id m3"],
    ["SELECT MAX(RequestCount) FROM SCHEMA(x)", "MAX is out of place"],
  ])("names what it can't do: %s", (text, named) => {
    const run = () => evaluate(text, { m1: [1], m2: [2] });
    expect(run).toThrow(Unsupported);
    expect(run).toThrow(named);
  });
});
