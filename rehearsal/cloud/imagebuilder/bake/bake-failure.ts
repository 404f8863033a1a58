import type { PhaseFailure } from "../runner/run-document";

/** Where a bake failed. */
export interface FailedStep {
  readonly step: string;
  readonly workflowArn: string;
  readonly executionId: string;
}

/** A bake that can't go on; the reason is what the image's state will say. */
export class BakeFailure extends Error {
  constructor(
    reason: string,
    readonly place?: FailedStep,
    readonly component?: PhaseFailure & { readonly arn: string },
  ) {
    super(reason);
  }
}
