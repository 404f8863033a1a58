/**
 * A mistake that the person at the keyboard can put right: a setting, a missing program, credentials, an AWS refusal.
 * It is printed as a message without a stack; every other error is a bug of ours and keeps its stack.
 */
export class UserError extends Error {
  // run.mjs and `runCommand` know it by this name: bundles may hold more than one copy of the class.
  override readonly name = "UserError";
}

export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === "UserError";
}
