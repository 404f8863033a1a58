import { hasName, reasonOf } from "../shared/errors";

/** Errors that say: it is gone already. */
const gone = [
  "ResourceNotFoundException",
  "InvalidAMIID.NotFound",
  "InvalidAMIID.Unavailable",
  "InvalidSnapshot.NotFound",
] as const;

/** Keeps the books of a clean-up: one thing that can't be removed does not keep the others. */
export class Removal {
  readonly removed: string[] = [];
  readonly left: string[] = [];

  /** @returns true when the thing does not exist any more */
  async remove(thing: string, action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      this.removed.push(thing);
      return true;
    } catch (error) {
      if (hasName(error, ...gone)) return true;
      this.keep(thing, reasonOf(error));
      return false;
    }
  }

  keep(thing: string, reason: string): void {
    this.left.push(`${thing}: ${reason}`);
  }
}
