import {
  decideBootstrap,
  decideRemoval,
  readState,
  type Situation,
  type StateFile,
} from "../../cli/state-decision";

const state = (serial: number, resources = 3, lineage = "a"): StateFile => ({ lineage, serial, resources });
const situation = (change: Partial<Situation>): Situation => ({
  bucket: "missing",
  remote: undefined,
  local: undefined,
  ...change,
});

describe("bootstrap", () => {
  test.each<[string, Partial<Situation>, string]>([
    ["makes the bucket of a new account", {}, "create"],
    ["does nothing the second time", { bucket: "foreign", remote: state(4) }, "nothing"],
    ["goes on when it was interrupted before it made anything", { local: state(1, 0) }, "create"],
    [
      "goes on when it was interrupted between making and migrating",
      { bucket: "empty", local: state(4) },
      "create",
    ],
    ["goes on when only a lock was left in the bucket", { bucket: "foreign", local: state(4) }, "create"],
    [
      "tidies when it was interrupted after migrating",
      { bucket: "foreign", remote: state(4), local: state(4) },
      "tidy",
    ],
    ["tidies an emptied copy", { bucket: "foreign", remote: state(4), local: state(5, 0) }, "tidy"],
    ["keeps what is newer here", { bucket: "foreign", remote: state(4), local: state(6) }, "create"],
    ["restores what a half removal took", { bucket: "empty", local: state(9, 1) }, "create"],
    ["takes over an empty bucket whose state was lost", { bucket: "empty" }, "adopt"],
    ["leaves a bucket alone that holds something else", { bucket: "foreign" }, "refuse-foreign"],
    [
      "asks which of two states is right",
      { bucket: "foreign", remote: state(1), local: state(1, 3, "b") },
      "refuse-diverged",
    ],
    [
      "counts a state without resources as none",
      { bucket: "foreign", remote: state(4, 0) },
      "refuse-foreign",
    ],
  ])("%s", (_, change, step) => {
    expect(decideBootstrap(situation(change))).toBe(step);
  });
});

describe("removal", () => {
  test.each<[string, Partial<Situation>, string]>([
    ["does nothing without a bucket", {}, "nothing"],
    ["does nothing the second time", { local: state(9, 0) }, "nothing"],
    ["fetches the state before it destroys", { bucket: "foreign", remote: state(4) }, "fetch"],
    [
      "goes on when it was interrupted after fetching",
      { bucket: "foreign", remote: state(4), local: state(4) },
      "destroy",
    ],
    ["goes on when it was interrupted while destroying", { bucket: "empty", local: state(7, 1) }, "destroy"],
    ["fetches again what is newer there", { bucket: "foreign", remote: state(5), local: state(4) }, "fetch"],
    ["goes on when the bucket is gone already", { local: state(8, 1) }, "destroy"],
    ["leaves a bucket alone that it knows nothing of", { bucket: "empty" }, "refuse-foreign"],
    [
      "asks which of two states is right",
      { bucket: "foreign", remote: state(1), local: state(1, 3, "b") },
      "refuse-diverged",
    ],
  ])("%s", (_, change, step) => {
    expect(decideRemoval(situation(change))).toBe(step);
  });
});

describe("a state file", () => {
  test("is read for what tells states apart", () => {
    const text = JSON.stringify({ version: 4, lineage: "a", serial: 7, resources: [{}, {}] });
    expect(readState(text)).toEqual({ lineage: "a", serial: 7, resources: 2 });
  });
  test("may be empty", () => {
    expect(readState("\n")).toBeUndefined();
  });
  test("is not guessed at", () => {
    expect(() => readState("<html>")).toThrow(SyntaxError);
  });
});
