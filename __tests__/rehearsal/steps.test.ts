import { CommandFailure } from "../../rehearsal/command";
import { Progress } from "../../rehearsal/progress";
import { StepFailure, Steps } from "../../rehearsal/steps";

let lines: string[];
let interruption: AbortController;
let steps: Steps;

beforeEach(() => {
  lines = [];
  interruption = new AbortController();
  steps = new Steps(new Progress((line) => lines.push(line)), interruption.signal);
});

const failing = (error: unknown) => () => Promise.reject(error as Error);

describe("a step", () => {
  it("hands on what its work answers, and is told with the time it took", async () => {
    await expect(steps.run("synth", () => Promise.resolve("stacks"))).resolves.toBe("stacks");
    expect(steps.done).toEqual([{ name: "synth", seconds: expect.any(Number) as number }]);
    expect(lines).toEqual([expect.stringMatching(/^ +\d\.\d s {2}synth {8}done in \d\.\d s$/)]);
  });

  it("fails with its name and the reason", async () => {
    const failure = steps.run("synth", failing(new Error("no configuration")));
    await expect(failure).rejects.toThrow(new StepFailure("synth", "no configuration", undefined));
    expect(steps.done).toEqual([]);
  });

  it("fails with the end of a command's output and the place of its log", async () => {
    const failure = steps.run(
      "deploy",
      failing(new CommandFailure("terraform", 1, "/logs/deploy.log", "Error: no")),
    );
    await expect(failure).rejects.toMatchObject({
      name: "StepFailure",
      step: "deploy",
      reason: "terraform ended with exit code 1\nError: no",
      logFile: "/logs/deploy.log",
    });
  });

  it("is no failure when the rehearsal was interrupted meanwhile, whatever it says", async () => {
    const interrupted = steps.run("deploy", () => {
      interruption.abort(new Error("interrupted"));
      return Promise.reject(new Error("terraform ended with exit code 130"));
    });
    await expect(interrupted).rejects.toThrow(/^interrupted$/);
  });

  it("does not begin after an interruption", async () => {
    interruption.abort(new Error("interrupted"));
    const work = jest.fn();
    await expect(steps.run("deploy", work)).rejects.toThrow("interrupted");
    expect(work).not.toHaveBeenCalled();
  });
});
