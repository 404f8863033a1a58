/** A Terraform state, as far as it tells which of two is newer. */
export interface StateFile {
  /** made once for a state and kept in every copy */
  readonly lineage: string;
  /** grows with every change */
  readonly serial: number;
  /** how many resources it holds */
  readonly resources: number;
}

/** What there is when the command starts, after whatever an earlier run that was interrupted has left. */
export interface Situation {
  /** "foreign": it exists, holds something, and no state of it is known here */
  readonly bucket: "missing" | "empty" | "foreign";
  /** the state that lies in the bucket */
  readonly remote: StateFile | undefined;
  /** the state in the working folder of this machine */
  readonly local: StateFile | undefined;
}

export type BootstrapStep =
  | "nothing" // the bucket holds its own state
  | "tidy" // migrated, but the copy here was not removed any more
  | "create" // apply with a state here, then migrate it
  | "adopt" // the bucket was made and its state lost: import it first
  | "refuse-foreign" // a bucket with contents that we know nothing of
  | "refuse-diverged"; // two states that don't descend from each other

/** What bootstrap has to do. Whatever holds resources is never overwritten by something older. */
export function decideBootstrap(situation: Situation): BootstrapStep {
  const { bucket, local } = situation;
  const remote = unlessEmpty(situation.remote);
  const here = unlessEmpty(local);
  if (remote !== undefined && here !== undefined) {
    if (remote.lineage !== here.lineage) return "refuse-diverged";
    return here.serial > remote.serial ? "create" : "tidy";
  }
  if (remote !== undefined) return local === undefined ? "nothing" : "tidy";
  if (here !== undefined || bucket === "missing") return "create";
  return bucket === "empty" ? "adopt" : "refuse-foreign";
}

export type RemovalStep =
  | "nothing"
  | "fetch" // the state lies in the bucket: migrate it here, then destroy
  | "destroy" // the state lies here already
  | "refuse-foreign"
  | "refuse-diverged";

/** What a final removal has to do. */
export function decideRemoval(situation: Situation): RemovalStep {
  const remote = unlessEmpty(situation.remote);
  const here = unlessEmpty(situation.local);
  if (here !== undefined) {
    if (remote === undefined) return "destroy";
    if (remote.lineage !== here.lineage) return "refuse-diverged";
    return here.serial >= remote.serial ? "destroy" : "fetch";
  }
  if (remote !== undefined) return "fetch";
  return situation.bucket === "missing" ? "nothing" : "refuse-foreign";
}

function unlessEmpty(state: StateFile | undefined): StateFile | undefined {
  return state !== undefined && state.resources > 0 ? state : undefined;
}

/** @throws SyntaxError when it is no state */
export function readState(text: string): StateFile | undefined {
  if (text.trim() === "") return undefined;
  const state = JSON.parse(text) as { lineage?: string; serial?: number; resources?: unknown[] };
  return { lineage: state.lineage ?? "", serial: state.serial ?? 0, resources: state.resources?.length ?? 0 };
}
