import type { RecordedEvent } from "../rehearsal/cloud/gateway/event-record";

/** One action of an execution, in real milliseconds. */
export interface RecordedAction {
  readonly name: string;
  readonly started: number;
  readonly succeeded: number;
}

/** When what happened to a release, by the events that the cloud's services sent. Real milliseconds. */
export class ReleaseRecord {
  private readonly events: readonly RecordedEvent[];

  constructor(
    events: readonly RecordedEvent[],
    private readonly executionId: string,
    pushedAt: number,
  ) {
    this.events = events.filter(({ time }) => Date.parse(time) >= pushedAt);
  }

  get committed(): number {
    return this.at("the commit", ({ source }) => source === "aws.codecommit");
  }

  get ended(): number {
    return this.at(
      "the execution's success",
      (event) => this.isOf(event, "Pipeline") && event.detail["state"] === "SUCCEEDED",
    );
  }

  get buildEnded(): number {
    return this.at("the build's success", ({ detail }) => detail["build-status"] === "SUCCEEDED");
  }

  buildPhaseEnded(phase: string): number {
    return this.at(`the build's phase ${phase}`, ({ detail }) => detail["completed-phase"] === phase);
  }

  imageIs(status: string): number {
    return this.at(
      `the image that is ${status}`,
      ({ source, detail }) =>
        source === "aws.imagebuilder" && (detail["state"] as { status: string }).status === status,
    );
  }

  refresh(kind: "Started" | "Succeeded"): number {
    const wanted = `EC2 Auto Scaling Instance Refresh ${kind}`;
    return this.at(wanted, ({ detailType }) => detailType === wanted);
  }

  /** In the order in which they started. */
  actions(): readonly RecordedAction[] {
    const ofActions = this.events.filter((event) => this.isOf(event, "Action"));
    return ofActions
      .filter(({ detail }) => detail["state"] === "STARTED")
      .map(({ time, detail }) => ({
        name: String(detail["action"]),
        started: Date.parse(time),
        succeeded: this.at(
          `the success of ${String(detail["action"])}`,
          ({ detail: other }) =>
            other["action-execution-id"] === detail["action-execution-id"] && other["state"] === "SUCCEEDED",
        ),
      }));
  }

  private isOf({ detailType, detail }: RecordedEvent, kind: "Action" | "Pipeline"): boolean {
    return (
      detailType === `CodePipeline ${kind} Execution State Change` &&
      detail["execution-id"] === this.executionId
    );
  }

  /** @throws Error when there was no such event */
  private at(what: string, isIt: (event: RecordedEvent) => boolean): number {
    const found = this.events.find(isIt);
    if (!found) throw new Error(`the record of the release has no event of ${what}`);
    return Date.parse(found.time);
  }
}
