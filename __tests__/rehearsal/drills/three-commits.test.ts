import { DrillFailure } from "../../../rehearsal/drills/drill";
import type { Release } from "../../../rehearsal/drills/context";
import { demandReleased } from "../../../rehearsal/drills/three-commits";

const commits = ["a", "b", "c"];
/** @param minute when its roll-out begins; it takes one */
const release = (commit: string, version: string, minute: number, status = "Succeeded"): Release => ({
  id: commit,
  version,
  endedAt: 0,
  status,
  actions: [
    { actionName: "Source", output: { outputVariables: { CommitId: commit } } },
    {
      actionName: "roll-out",
      startTime: new Date(Date.UTC(2026, 0, 1, 0, minute)),
      lastUpdateTime: new Date(Date.UTC(2026, 0, 1, 0, minute + 1)),
    },
  ],
});
const three = [release("a", "1.0.2", 0), release("b", "1.0.3", 1), release("c", "1.0.4", 2)];
const [first, second, third] = three as [Release, Release, Release];

describe("three commits at once", () => {
  it("are three releases in order, where executions are queued", () => {
    expect(demandReleased(three, commits, "QUEUED")).toEqual(["1.0.2", "1.0.3", "1.0.4"]);
  });

  it.each([
    ["out of order", [second, first, third]],
    ["without one of them", [first, third]],
    ["with one twice", [first, release("a", "1.0.3", 1), third]],
    ["with one superseded", [first, { ...second, status: "Superseded" }, third]],
    ["with a version twice", [first, release("b", "1.0.2", 1), third]],
    ["with roll-outs that overlap", [first, release("b", "1.0.3", 0), third]],
    ["with one that failed", [first, { ...second, status: "Failed" }, third]],
  ])("are not released %s", (_how, releases) => {
    expect(() => demandReleased(releases, commits, "QUEUED")).toThrow(DrillFailure);
  });

  it("may lose those that wait to a newer one, where that is configured", () => {
    const superseded = { ...release("none", "none", 1, "Superseded"), actions: [] };
    expect(demandReleased([first, superseded, third], commits, "SUPERSEDED")).toEqual(["1.0.2", "1.0.4"]);
    expect(demandReleased(three, commits, "SUPERSEDED")).toHaveLength(3);
  });

  it("always have the last one released", () => {
    expect(() =>
      demandReleased([first, second, { ...third, status: "Superseded" }], commits, "SUPERSEDED"),
    ).toThrow("had to be released, each once and in this order, and a, b were");
  });
});
