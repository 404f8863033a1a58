import { atMost, median } from "../../bench/result";

describe("the median", () => {
  it("is the middle one, or between the middle two", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 9])).toBe(3);
  });

  it("does not exist without values", () => {
    expect(() => median([])).toThrow("no values");
  });
});

test("a target is met up to its limit", () => {
  expect([atMost(0.15, 0.15), atMost(0.151, 0.15, " s")]).toEqual([
    { text: "at most 0.15", met: true },
    { text: "at most 0.15 s", met: false },
  ]);
});
