import { isUserError } from "./user-error";

/** Runs a command to its end and sets the exit code; every asynchronous entry ends with this. */
export async function runCommand(main: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.exitCode = 1;
    if (isUserError(error)) console.error(`error: ${error.message}`);
    else if (isAwsError(error)) console.error(`error: ${awsMessage(error)}`);
    else throw error;
  }
}

interface AwsError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly $fault?: string;
}

/** Credentials, permissions, limits: what a service answers is for the user to read, its stack is not. */
function isAwsError(error: unknown): error is AwsError {
  return error instanceof Error && ("$metadata" in error || error.name === "CredentialsProviderError");
}

export function awsMessage(error: Error): string {
  return `${error.name}: ${error.message || "the service gave no reason"}`;
}
