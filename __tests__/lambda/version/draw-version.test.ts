import * as fc from "fast-check";
import { drawPatch, type VersionHistory } from "../../../lambda/version/draw-version";

/** SSM in memory: it counts the versions itself; every call takes effect when the scheduler lets it. */
class MemoryHistory implements VersionHistory {
  private readonly values: string[] = ["made by Terraform"];

  constructor(private readonly scheduler: fc.Scheduler) {}

  async drawnBy(executionId: string): Promise<number[]> {
    await this.scheduler.schedule(Promise.resolve(), "read");
    return this.values.flatMap((value, index) => (value === executionId ? [index + 1] : []));
  }
  async draw(executionId: string): Promise<number> {
    await this.scheduler.schedule(Promise.resolve(), "write");
    return this.values.push(executionId);
  }
}

const executions = ["a", "b", "c"];

describe("drawing a version", () => {
  it("gives one execution one version and never two the same, however deliveries interleave", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom(...executions), { minLength: 1, maxLength: 8 }),
        async (scheduler, deliveries) => {
          const history = new MemoryHistory(scheduler);
          const draws = deliveries.map((execution) => drawPatch(history, execution));
          const patches = await scheduler.waitFor(Promise.all(draws));
          const drawn = new Map<string, Set<number>>();
          deliveries.forEach((execution, index) =>
            drawn.set(execution, (drawn.get(execution) ?? new Set()).add(patches[index]!)),
          );
          for (const numbers of drawn.values()) expect(numbers.size).toBe(1);
          const versions = [...drawn.values()].flatMap((numbers) => [...numbers]);
          expect(new Set(versions).size).toBe(drawn.size);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives a later delivery what the first one drew, after others drew too", async () => {
    const values = ["x", "mine", "y"];
    const history: VersionHistory = {
      drawnBy: async (id) => values.flatMap((value, index) => (value === id ? [index + 1] : [])),
      draw: async () => {
        throw new Error("draws again");
      },
    };
    await expect(drawPatch(history, "mine")).resolves.toBe(2);
  });
});
