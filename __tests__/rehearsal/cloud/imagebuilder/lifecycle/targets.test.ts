import type { LifecyclePolicyDetail } from "@aws-sdk/client-imagebuilder";
import { targetsOf } from "../../../../../rehearsal/cloud/imagebuilder/lifecycle/targets";
import type { ImageRecord, ImageStatus } from "../../../../../rehearsal/cloud/imagebuilder/store";

const now = new Date("2026-06-30T12:00:00Z");

function image(arn: string, dateCreated: string, more: object = {}): ImageRecord {
  const state = { status: "AVAILABLE" as ImageStatus };
  return { arn, name: arn, dateCreated, state, tags: {}, cancel: new AbortController(), ...more };
}

const june = image("june", "2026-06-20T12:00:00Z");
const may = image("may", "2026-05-20T12:00:00Z");
const april = image("april", "2026-04-20T12:00:00Z");
const images = [may, june, april];

type Action = "DELETE" | "DEPRECATE" | "DISABLE";
const rule = (
  type: Action,
  filter: LifecyclePolicyDetail["filter"],
  more: Partial<LifecyclePolicyDetail> = {},
): LifecyclePolicyDetail => ({ action: { type }, filter, ...more });
const targets = (rules: LifecyclePolicyDetail[], of = images): string[] =>
  targetsOf(rules, of, now).map(({ image: { arn }, action }) => `${action} ${arn}`);

it.each<[string, LifecyclePolicyDetail["filter"], string[]]>([
  ["keeps the newest by count", { type: "COUNT", value: 2 }, ["DELETE april"]],
  ["keeps all while there are fewer", { type: "COUNT", value: 3 }, []],
  ["takes those older than days", { type: "AGE", value: 30, unit: "DAYS" }, ["DELETE may", "DELETE april"]],
  [
    "takes those older than weeks",
    { type: "AGE", value: 1, unit: "WEEKS" },
    ["DELETE june", "DELETE may", "DELETE april"],
  ],
  ["takes those older than months", { type: "AGE", value: 2, unit: "MONTHS" }, ["DELETE april"]],
  ["takes those older than years", { type: "AGE", value: 1, unit: "YEARS" }, []],
  [
    "keeps so many of the old ones",
    { type: "AGE", value: 1, unit: "DAYS", retainAtLeast: 2 },
    ["DELETE april"],
  ],
])("%s", (_name, filter, expected) => {
  expect(targets([rule("DELETE", filter)])).toEqual(expected);
});

it("gives an image that meets several rules the strongest action", () => {
  const age = (value: number): LifecyclePolicyDetail["filter"] => ({ type: "AGE", value, unit: "DAYS" });
  expect(targets([rule("DEPRECATE", age(5)), rule("DISABLE", age(35)), rule("DELETE", age(65))])).toEqual([
    "DELETE april",
    "DISABLE may",
    "DEPRECATE june",
  ]);
});

it("leaves images alone that have one of the excluded tags", () => {
  const tagged = image("tagged", "2026-01-01T00:00:00Z", { tags: { Keep: "yes", Other: "1" } });
  const exclusionRules = { tagMap: { Keep: "yes", Release: "final" } };
  const rules = [rule("DELETE", { type: "COUNT", value: 2 }, { exclusionRules })];
  expect(targets(rules, [...images, tagged])).toEqual(["DELETE april"]);
});

it("leaves an image alone that is deprecated already", () => {
  const deprecated = image("old", "2026-01-01T00:00:00Z", { state: { status: "DEPRECATED" } });
  expect(targets([rule("DEPRECATE", { type: "AGE", value: 1, unit: "YEARS" })], [deprecated])).toEqual([]);
  expect(targets([rule("DISABLE", { type: "AGE", value: 1, unit: "MONTHS" })], [deprecated])).toEqual([
    "DISABLE old",
  ]);
});
