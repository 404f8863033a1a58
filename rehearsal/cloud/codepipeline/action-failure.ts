/** Why an action failed, as GetPipelineState shows it. */
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
