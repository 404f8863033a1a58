import { object, text } from "./json";

/**
 * An execution whose state has changed, as EventBridge tells it: at least once, and in no promised order.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 */
export interface ExecutionEvent {
  readonly region: string;
  readonly pipeline: string;
  readonly executionId: string;
}

/** @throws Error that names what the event lacks */
export function parseExecutionEvent(event: unknown): ExecutionEvent {
  const detail = object(object(event)?.detail);
  const found = {
    region: text(object(event)?.region),
    pipeline: text(detail?.pipeline),
    executionId: text(detail?.["execution-id"]),
  };
  const missing = Object.entries(found).filter(([, value]) => value === undefined);
  if (missing.length > 0)
    throw new Error(
      `the event is none of an execution: it lacks ${missing.map(([name]) => name).join(", ")}`,
    );
  return found as ExecutionEvent;
}
