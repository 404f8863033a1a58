/** What a phase's failure does to its build. */
export type OnFailure =
  | { readonly kind: "ABORT" | "CONTINUE" }
  | { readonly kind: "RETRY"; readonly times: number; readonly message: RegExp };

const defaultTimes = 3;

/**
 * ABORT, CONTINUE, RETRY, RETRY-count, RETRY-regex or RETRY-count-regex.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 * @returns undefined for anything else
 */
export function parseOnFailure(text: string): OnFailure | undefined {
  if (text === "ABORT" || text === "CONTINUE") return { kind: text };
  const [, count, pattern] = /^RETRY(?:-(\d{1,3})(?=-|$))?(?:-(.+))?$/i.exec(text) ?? [];
  if (!/^RETRY(-|$)/i.test(text) || text.endsWith("-") || Number(count ?? 0) > 100) return undefined;
  try {
    return {
      kind: "RETRY",
      times: count === undefined ? defaultTimes : Number(count),
      message: new RegExp(pattern ?? ".*", "s"),
    };
  } catch {
    return undefined;
  }
}
