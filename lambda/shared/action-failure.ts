import type { FailureType } from "@aws-sdk/client-codepipeline";

/** Why an action fails, in words for the person who reads the pipeline's console. */
export class ActionFailure extends Error {
  override readonly name = "ActionFailure";

  constructor(
    readonly type: FailureType,
    message: string,
    /** What the action worked on: a refresh, an image, a version. */
    readonly externalExecutionId?: string,
  ) {
    super(message);
  }
}

export function jobFailed(message: string, externalExecutionId?: string): ActionFailure {
  return new ActionFailure("JobFailed", message, externalExecutionId);
}

export function configurationError(message: string): ActionFailure {
  return new ActionFailure("ConfigurationError", message);
}
