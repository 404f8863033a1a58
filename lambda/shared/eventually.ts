import { setTimeout as pause } from "node:timers/promises";

/** Before each further look; together well inside a function's time-out. */
const pausesMilliseconds = [500, 1000, 2000, 4000] as const;

/**
 * Looks for something that must be there, and looks again while it is not: what was made a moment ago may not be known
 * everywhere yet. https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 * @returns undefined when it is still not there at the end
 */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  let found = await look();
  for (const milliseconds of pausesMilliseconds) {
    if (found !== undefined) return found;
    await pause(milliseconds);
    found = await look();
  }
  return found;
}
