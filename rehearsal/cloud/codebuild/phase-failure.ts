/** Ends a phase of a build; code and message become the phase's context. */
export class PhaseFailure extends Error {
  constructor(
    readonly code:
      "CLIENT_ERROR" | "YAML_FILE_ERROR" | "COMMAND_EXECUTION_ERROR" | "ACCESS_DENIED" | "INTERNAL_ERROR",
    message: string,
  ) {
    super(message);
  }
}
