/** How fast the cloud's own waits pass: a rehearsal can't afford the half minutes and hours that AWS waits. */
export interface Clock {
  /** Now, in real milliseconds. */
  now(): number;
  /** Real milliseconds for a wait that AWS states in seconds. */
  milliseconds(awsSeconds: number): number;
}

/**
 * A clock on which `secondsPerSecond` seconds of AWS pass in one real second. It governs health check intervals, grace
 * periods, alarm periods, warm-ups, checkpoints, bake times, deregistration delays, the hour that an instance refresh tries for
 * and the time-outs of a pipeline's actions and rules.
 * What programs measure themselves (time-outs of requests, a service's own start) stays in real time.
 */
export function clockAt(secondsPerSecond: number): Clock {
  if (!(secondsPerSecond > 0)) throw new Error(`clock speed is ${secondsPerSecond}: it must be above 0`);
  return { now: () => Date.now(), milliseconds: (awsSeconds) => (awsSeconds * 1000) / secondsPerSecond };
}
