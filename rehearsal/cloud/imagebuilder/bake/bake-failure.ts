import type { PhaseFailure } from "../runner/run-document";

/** A bake that can't go on; the reason is what the image's state will say. */
export class BakeFailure extends Error {
  constructor(
    reason: string,
    readonly failedStep?: string,
    readonly component?: PhaseFailure & { readonly arn: string },
  ) {
    super(reason);
  }
}
