import type { ActionFailure } from "./action-failure";

/** The longest time that a timer of Node can wait. */
const longestTimer = 2 ** 31 - 1;

/** Carries out work that is told by its signal to give up when it takes too long. */
export async function withinTime<T>(
  milliseconds: number,
  failure: () => ActionFailure,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(failure()), Math.min(milliseconds, longestTimer));
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}
