/** How long the cloud lets its clients wait where AWS does. */
export interface Pace {
  /** Seconds of AWS that pass in one second; what it governs: instances/clock.ts. */
  readonly clockSpeed: number;
  /** Before CodePipeline invokes a function again with its continuation token; AWS does not document its own. */
  readonly continuationSeconds: number;
  /** Before Lambda delivers an event again whose invocation failed. On AWS: one minute, then two. */
  readonly redeliverySeconds: number;
}

export const paces = {
  /**
   * A real JVM starts in real time: on a faster clock a fleet's grace period would be over before an instance on a busy
   * laptop can answer.
   */
  rehearsal: { clockSpeed: 8, continuationSeconds: 1, redeliverySeconds: 1 },
  /** For functions alone, with instances that start nothing. */
  fast: { clockSpeed: 600, continuationSeconds: 0.05, redeliverySeconds: 0.1 },
} as const satisfies Readonly<Record<string, Pace>>;

export type PaceName = keyof typeof paces;
