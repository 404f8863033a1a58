import type { Progress } from "../progress";
import type { DrillStart } from "../report/permissions/calls";
import { DrillContext, type DrillSettings } from "./context";
import { type Drill, DrillFailure } from "./drill";

/**
 * Carries out drills one after the other and says of each, in one line, what was seen. One that fails does not keep the
 * others from being tried.
 * @returns when each one began
 * @throws DrillFailure that names every drill that failed, and why
 */
export async function carryOut(
  drills: readonly Drill[],
  settings: DrillSettings,
  progress: Progress,
): Promise<DrillStart[]> {
  const starts: DrillStart[] = [];
  const failures: string[] = [];
  for (const drill of drills) {
    settings.signal.throwIfAborted();
    const start = performance.now();
    const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(0)} s`;
    try {
      const context = new DrillContext(settings);
      await context.ready();
      starts.push({ name: drill.name, at: new Date().toISOString() });
      const seen = await drill.run(context);
      progress.line("drill", `${drill.name} holds (${seconds()}): ${seen}`);
    } catch (error) {
      settings.signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      // a mistake of the drill's own has a stack to look for
      if (!(error instanceof DrillFailure) && error instanceof Error)
        settings.log(`${drill.name}: ${error.stack}`);
      progress.line("drill", `${drill.name} FAILED (${seconds()}): ${reason}`);
      failures.push(`${drill.name}: ${reason}\n  must hold: ${drill.mustHold}`);
    }
  }
  if (failures.length > 0)
    throw new DrillFailure(`${failures.length} of ${drills.length} drills failed\n${failures.join("\n")}`);
  return starts;
}
