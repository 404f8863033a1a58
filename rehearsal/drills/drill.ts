import type { DrillContext } from "./context";

/** Something that goes wrong, or might, on purpose; and what must hold all the same. */
export interface Drill {
  readonly name: string;
  readonly mustHold: string;
  /** @returns what was seen, in one line. @throws DrillFailure when something does not hold */
  run(context: DrillContext): Promise<string>;
}

/** What a drill demands does not hold. */
export class DrillFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DrillFailure";
  }
}

/** @throws DrillFailure with the text when the condition does not hold */
export function demand(condition: boolean, text: string): asserts condition {
  if (!condition) throw new DrillFailure(text);
}
