import type { ActionExecutionDetail } from "@aws-sdk/client-codepipeline";
import {
  demandFailure,
  demandSuccess,
  demandVersions,
  reasonOf,
  type Release,
} from "../../../rehearsal/drills/context";
import { DrillFailure } from "../../../rehearsal/drills/drill";
import { LoadReport } from "../../../rehearsal/drills/load-report";

const failedAction = (actionName: string, message?: string): ActionExecutionDetail => ({
  stageName: "Deploy",
  actionName,
  status: "Failed",
  output: { executionResult: { errorDetails: { message } } },
});
const release = (status: string, ...actions: readonly ActionExecutionDetail[]): Release => ({
  id: "1",
  version: "1.0.7",
  endedAt: 0,
  status,
  actions,
});
const load = (...versions: readonly string[]): LoadReport =>
  new LoadReport(
    versions.map((version, at) => ({ at, status: 200, version, instance: "i-1" })),
    1,
  );

describe("what a drill demands of a release", () => {
  it("is the reason of its failed actions, in their first lines", () => {
    const actions = [
      { ...failedAction("ok"), status: "Succeeded" as const },
      failedAction("roll-out", "alarm\nmore"),
    ];
    expect(reasonOf(release("Failed", ...actions))).toBe("Deploy/roll-out: alarm");
    expect(reasonOf(release("Failed", failedAction("bake")))).toBe("Deploy/bake: no reason was given");
  });

  it("is success", () => {
    expect(() => demandSuccess(release("Succeeded"))).not.toThrow();
    expect(() => demandSuccess(release("Failed", failedAction("bake", "no")))).toThrow(
      new DrillFailure("release 1.0.7 ended Failed: Deploy/bake: no"),
    );
  });

  it("is failure in the right action, for the right reason", () => {
    const failed = release("Failed", failedAction("roll-out", "an alarm"));
    expect(demandFailure(failed, "roll-out", /alarm/)).toBe("Deploy/roll-out: an alarm");
    expect(() => demandFailure(failed, "bake-image", /alarm/)).toThrow("in another action than bake-image");
    expect(() => demandFailure(failed, "roll-out", /SHA/)).toThrow("does not match /SHA/");
    expect(() => demandFailure(release("Succeeded"), "roll-out", /alarm/)).toThrow(
      "ended Succeeded, not Failed",
    );
  });
});

describe("what a drill demands of the versions that answered", () => {
  it("is that they are these and no other", () => {
    expect(() => demandVersions(load("1.0.1", "1.0.2", "1.0.1"), "1.0.1", "1.0.2")).not.toThrow();
    expect(() => demandVersions(load("1.0.1", "1.0.2"), "1.0.2")).toThrow(
      "versions 1.0.2 had to answer, but 1.0.1, 1.0.2 did",
    );
    expect(() => demandVersions(load(), "1.0.2")).toThrow("versions 1.0.2 had to answer, but none did");
  });

  it("is that every good answer says its version", () => {
    const nameless = { at: 9, status: 200, version: undefined, instance: undefined };
    const report = new LoadReport([...load("1.0.1").answers, nameless], 1);
    expect(() => demandVersions(report, "1.0.1")).toThrow("1 answers do not say which version gave them");
  });

  it("is that they came in this order", () => {
    expect(() => demandVersions(load("1.0.2", "1.0.1"), "1.0.1", "1.0.2")).toThrow("but 1.0.2, 1.0.1 did");
  });
});
