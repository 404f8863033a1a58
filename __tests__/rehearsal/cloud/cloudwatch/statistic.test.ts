import { statistic } from "../../../../rehearsal/cloud/cloudwatch/statistic";

describe("a statistic", () => {
  it.each([
    ["SampleCount", 4],
    ["Sum", 10],
    ["Average", 2.5],
    ["Minimum", 1],
    ["Maximum", 4],
    ["p50", 2.5],
    ["p100", 4],
    ["p0", 1],
  ])("%s of four values is %d, and of none is missing", (name, expected) => {
    expect(statistic(name, [4, 2, 3, 1])).toBe(expected);
    expect(statistic(name, [])).toBeUndefined();
  });

  it.each(["tm90", "p101", "IQM"])("%s is refused by name, even without values", (name) =>
    expect(() => statistic(name, [])).toThrow(`statistic ${name}`),
  );
});
