import { markdown, missedTargets, table } from "../../bench/report";

const part = {
  title: "Synthesis",
  lines: [
    { what: "time", result: "0.2", target: { text: "at most 0.15", met: false } },
    { what: "memory", result: "0.2", target: { text: "at most 0.35", met: true } },
    { what: "bare Node", result: "0.04 s" },
  ],
  notes: ["How it was measured."],
};

test("the table says of every target whether it is met", () => {
  expect(table(part.lines).split("\n")).toEqual([
    "| What      | Result | Target       |          |",
    "| --------- | ------ | ------------ | -------- |",
    "| time      | 0.2    | at most 0.15 | **MISS** |",
    "| memory    | 0.2    | at most 0.35 | pass     |",
    "| bare Node | 0.04 s |              |          |",
  ]);
});

test("a missed target stands at the top of the page", () => {
  expect(markdown([part], ["Node: v20"])).toContain("- Node: v20\n\n**Missed: time.**\n");
  expect(missedTargets([part])).toEqual([part.lines[0]]);
});

test("without a missed target the page says so", () => {
  expect(markdown([{ ...part, lines: part.lines.slice(1) }], [])).toContain("Every target is met.");
});
