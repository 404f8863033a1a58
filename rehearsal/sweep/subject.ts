/** A function, in one of the situations that it is made for. */
export interface Subject {
  /** Also of its function, its pipeline and its roles. */
  readonly name: string;
  /** The function's folder. */
  readonly bundle: string;
  /** Deploys the function and what it works on. */
  deploy(): Promise<void>;
  /** Makes what one run needs, with names that no run had before. */
  begin(): Promise<Trial>;
  /** Where a run that meets no fault ends by failing: its reason. */
  readonly fails?: RegExp;
}

export interface Trial {
  /** User parameters of the action, besides the execution's id. */
  readonly variables?: Readonly<Record<string, string>>;
  /** For a function that no pipeline invokes: it is invoked with this, and again when it fails. */
  readonly event?: object;
  /** What there is after the run, in words that are the same for every run that does the same. */
  found(end: RunEnd): Promise<Found>;
  /** Something that happens meanwhile. */
  meanwhile?(signal: AbortSignal): Promise<void>;
}

export interface Found {
  /** What was made and is there, each thing by itself. */
  readonly things: readonly string[];
  /** How what was there before stands. */
  readonly state?: readonly string[];
}

export interface RunEnd {
  readonly status: string;
  readonly reason: string;
  readonly executionId: string;
  readonly outputs: Readonly<Record<string, string>>;
}
