import fc from "fast-check";
import { matches } from "../../../../rehearsal/cloud/loadbalancing/matcher";
import {
  afterCheck,
  type CheckResult,
  unchecked,
} from "../../../../rehearsal/cloud/loadbalancing/target-health";

const passed: CheckResult = { passed: true };
const failed: CheckResult = {
  passed: false,
  reason: "Target.ResponseCodeMismatch",
  description: "codes: [503]",
};
const thresholds = { healthy: 3, unhealthy: 2 };
const after = (...results: CheckResult[]) =>
  results.reduce((health, result) => afterCheck(health, result, thresholds), unchecked);

describe("the health of a target", () => {
  it.each([
    ["nothing yet", [], "initial"],
    ["one passed check", [passed], "healthy"],
    ["one failed check", [failed], "initial"],
    ["as many failed checks as the threshold", [failed, failed], "unhealthy"],
    ["one failed check of a healthy target", [passed, failed], "healthy"],
    ["failed checks that are not in a row", [passed, failed, passed, failed], "healthy"],
    ["too few passed checks of an unhealthy target", [failed, failed, passed, passed], "unhealthy"],
    ["passed checks that are not in a row", [failed, failed, passed, passed, failed, passed], "unhealthy"],
    ["enough passed checks of an unhealthy target", [failed, failed, passed, passed, passed], "healthy"],
  ])("after %s", (_, results, state) => {
    expect(after(...(results as CheckResult[])).state).toBe(state);
  });

  it("says why a target is unhealthy", () => {
    expect(after(failed, failed)).toMatchObject({
      reason: "Target.ResponseCodeMismatch",
      description: "codes: [503]",
    });
    expect(after(failed, failed, passed, passed, passed).reason).toBeUndefined();
  });

  it("follows the latest results whatever came before", () => {
    const results = fc.array(fc.constantFrom(passed, failed));
    fc.assert(fc.property(results, (before) => after(...before, passed, passed, passed).state === "healthy"));
    fc.assert(fc.property(results, (before) => after(...before, failed, failed).state === "unhealthy"));
  });
});

describe("a matcher", () => {
  it.each([
    ["200", 200, true],
    ["200", 204, false],
    ["200,204", 204, true],
    ["200-299", 250, true],
    ["200-299", 302, false],
    ["200,300-399", 302, true],
  ])("%s and status %d: %s", (matcher, status, expected) => expect(matches(matcher, status)).toBe(expected));
});
