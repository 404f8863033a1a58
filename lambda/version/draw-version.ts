/** The history of the version parameter: every version's number and the execution that drew it. */
export interface VersionHistory {
  /** The numbers that this execution holds. */
  drawnBy(executionId: string): Promise<number[]>;
  /** Draws the next number for this execution; no two draws get the same one. */
  draw(executionId: string): Promise<number>;
}

/**
 * The execution's PATCH, for ever the same one however often its job is delivered. Whoever draws looks at the history
 * once more afterwards and takes the lowest number that the execution holds: two deliveries at the same time draw two
 * numbers, and both take the first. The other number is burned; versions are unique, not gapless.
 */
export async function drawPatch(history: VersionHistory, executionId: string): Promise<number> {
  const before = await history.drawnBy(executionId);
  if (before.length > 0) return Math.min(...before);
  const drawn = await history.draw(executionId);
  return Math.min(drawn, ...(await history.drawnBy(executionId)));
}
