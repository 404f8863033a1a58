import type { BuildPhaseType } from "@aws-sdk/client-codebuild";
import type { BuildEvents } from "./events";
import { PhaseFailure } from "./phase-failure";
import type { BuildRecord, FinalStatus } from "./records";

/** Notes what each phase of a build does and how it ends. */
export class PhaseTracker {
  constructor(
    private readonly build: BuildRecord,
    private readonly events: BuildEvents,
    private readonly note: (text: string) => void,
  ) {}

  /**
   * Runs one phase. A failure ends the phase, not the build: what follows depends on the phase.
   * @returns whether it succeeded
   */
  async run(type: BuildPhaseType, work: () => Promise<void>): Promise<boolean> {
    const { build } = this;
    const phase = { phaseType: type, startTime: new Date() };
    const index = build.phases.push(phase) - 1;
    build.currentPhase = type;
    let status: FinalStatus = "SUCCEEDED";
    let context = { statusCode: "", message: "" };
    try {
      await work();
    } catch (error) {
      status = error instanceof PhaseFailure ? "FAILED" : "FAULT";
      context = {
        statusCode: error instanceof PhaseFailure ? error.code : "INTERNAL_ERROR",
        message: messageOf(error),
      };
    }
    const early = this.early;
    if (early) {
      status = early;
      context =
        early === "TIMED_OUT"
          ? { statusCode: "BUILD_TIMED_OUT", message: "Build has timed out. " }
          : { statusCode: "", message: "" };
    }
    const endTime = new Date();
    const done = {
      ...phase,
      endTime,
      durationInSeconds: Math.round((endTime.getTime() - phase.startTime.getTime()) / 1000),
      phaseStatus: status,
      contexts: [context],
    };
    build.phases[index] = done;
    this.note(`Phase complete: ${type} State: ${status}`);
    this.note(`Phase context status code: ${context.statusCode} Message: ${context.message}`);
    this.events.phase(build, done);
    return status === "SUCCEEDED";
  }

  /** How the build was ended from outside, if it was. */
  get early(): "STOPPED" | "TIMED_OUT" | undefined {
    const { signal } = this.build.ended;
    return signal.aborted ? (signal.reason as "STOPPED" | "TIMED_OUT") : undefined;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
