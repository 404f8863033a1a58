/** What a user gave, before anything about it is known. */
export type Given = Record<string, unknown>;

export function isRecord(value: unknown): value is Given {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
