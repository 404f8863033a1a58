/**
 * Runs a task again and again, never two at once, with a pause between them, until the signal is aborted.
 * Resolves when the last run has ended.
 */
export async function every(
  pauseMilliseconds: number,
  signal: AbortSignal,
  task: () => Promise<void>,
  failed: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await task();
    } catch (error) {
      if (!signal.aborted) failed(error);
    }
    await pause(pauseMilliseconds, signal);
  }
}

export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
