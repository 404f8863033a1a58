/** Why an action or a rule failed, as GetPipelineState shows it. */
export class ActionFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly externalExecutionId?: string,
  ) {
    super(message);
    this.name = "ActionFailure";
  }
}

/** What an action that waited fails with when its signal is aborted; whoever aborts it may give the reason. */
export function interruption(signal: AbortSignal): ActionFailure {
  const reason: unknown = signal.reason;
  return reason instanceof ActionFailure
    ? reason
    : new ActionFailure("Abandoned", "The execution was stopped and abandoned");
}

/** Any error as the failure of an action. */
export function asFailure(error: unknown): ActionFailure {
  if (error instanceof ActionFailure) return error;
  return error instanceof Error
    ? new ActionFailure(error.name, error.message)
    : new ActionFailure("InternalError", String(error));
}
