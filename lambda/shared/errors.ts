import type { FailureType } from "@aws-sdk/client-codepipeline";
import { ActionFailure } from "./action-failure";

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: object;
  readonly code?: string;
}

const throttles =
  /^(Throttl\w*|TooManyRequests\w*|RequestLimitExceeded|CallRateLimitExceeded\w*|SlowDown|TooManyUpdates)$/;
const networkFaults = /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
const denials = /^(AccessDenied\w*|UnauthorizedOperation|ForbiddenException|UnauthorizedAccess\w*)$/;

/** A failure with the service's own reason. */
export function asActionFailure(error: unknown): ActionFailure {
  return error instanceof ActionFailure ? error : new ActionFailure(failureType(error), reasonOf(error));
}

/** The service's error code and words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `unexpected: ${String(error)}`;
  return `${error.name}: ${error.message || "the service gave no reason"}`;
}

export function hasName(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** @returns undefined where the service says that it does not exist, in one of these words */
export async function unlessMissing<T>(
  look: Promise<T>,
  ...names: readonly string[]
): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    if (hasName(error, ...names)) return undefined;
    throw error;
  }
}

/** What a later attempt may not meet again: throttling, a fault of the service, a broken connection. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ActionFailure) return false;
  const { name, code = "", $metadata, $retryable } = error as ServiceError;
  return (
    $retryable !== undefined ||
    throttles.test(name) ||
    name === "TimeoutError" ||
    networkFaults.test(code) ||
    ($metadata?.httpStatusCode ?? 0) >= 500
  );
}

function failureType(error: unknown): FailureType {
  if (isTransient(error)) return "SystemUnavailable";
  return error instanceof Error && denials.test(error.name) ? "PermissionError" : "JobFailed";
}
