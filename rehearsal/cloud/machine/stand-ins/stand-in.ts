import type { MachinePaths } from "../machine-paths";

/** The machine that a stand-in is called on. */
export interface StandInMachine {
  readonly root: string;
  readonly paths: MachinePaths;
  /** URL of the machine's service manager; unset where nothing runs. */
  readonly manager: string | undefined;
  /** Folder that holds the log of each unit. */
  readonly logs: string | undefined;
  out(text: string): void;
  err(text: string): void;
}

/** Plays one tool of the operating system. The number is its exit code. */
export type StandIn = (arguments_: readonly string[], machine: StandInMachine) => number | Promise<number>;
