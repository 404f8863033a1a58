import { ServiceError } from "./service-error";

/**
 * One page of a list; tokens are opaque to clients.
 * @throws ServiceError with the service's code when the token is none of ours
 */
export function page<T>(
  items: readonly T[],
  token: string | undefined,
  size: number,
  invalidTokenCode: string,
): { items: T[]; next: string | undefined } {
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isInteger(start) || start < 0)
    throw new ServiceError(invalidTokenCode, `Invalid token: ${token}`);
  const end = start + size;
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(String(end)).toString("base64url") : undefined,
  };
}
