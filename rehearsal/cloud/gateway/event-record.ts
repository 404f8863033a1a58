import { appendFileSync } from "node:fs";
import type { CloudEvent } from "../cloud";

/** An event as EventBridge got it, and when: ISO 8601. */
export interface RecordedEvent extends CloudEvent {
  readonly time: string;
}

/** Every event that a service of the gateway has sent, one JSON document a line. */
export class EventRecord {
  constructor(private readonly file: string) {}

  add(event: CloudEvent): void {
    appendFileSync(this.file, `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
  }
}
