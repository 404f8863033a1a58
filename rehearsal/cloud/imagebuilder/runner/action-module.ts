import type { S3Client } from "@aws-sdk/client-s3";
import type { BootedMachine } from "../../machine/boot";
import type { InputMap, Inputs } from "./document";
import type { Outputs } from "./expressions";

/** The machine that a document runs on, and what its steps may use. */
export interface StepContext {
  readonly machine: BootedMachine;
  /** Client with the credentials of the machine's instance profile. */
  readonly s3: S3Client;
  /** Variables that a command finds besides the machine's own. */
  readonly variables: Readonly<Record<string, string>>;
  /** The recipe's working directory, as a path of the machine. */
  readonly workingDirectory: string;
  /** Folder for scripts; not part of the image. */
  readonly scratch: string;
  log(line: string): void;
  /** Aborted at the step's time-out, and when the image is cancelled. */
  readonly signal: AbortSignal;
}

export type InputType = "string" | "boolean" | "integer" | "strings";

/** What a module takes: by name, the type and whether it must be given. */
export type InputTable = Readonly<Record<string, { readonly type: InputType; readonly required?: boolean }>>;

export interface ActionModule {
  /** `list`: does its thing once for each of a list of inputs; `map`: takes one; `optional`: takes one or none. */
  readonly takes: "list" | "map" | "optional";
  readonly inputs: InputTable;
  /** Checks inputs by itself: `inputs` is not the whole truth. */
  readonly free?: boolean;
  run(inputs: Inputs, context: StepContext): Promise<Outputs>;
}

/** A step that failed; the message is what AWSTOE would log. */
export class StepFailure extends Error {}

/** A step that asks for a restart of the machine before it runs again. */
export class RebootRequest extends Error {}

/** A module that does one thing for each of a list of inputs. */
export function forEachInput(
  inputs: InputTable,
  run: (input: InputMap, context: StepContext) => Promise<Readonly<Record<string, string>> | void>,
): ActionModule {
  return {
    takes: "list",
    inputs,
    async run(list, context) {
      const outputs: Readonly<Record<string, string>>[] = [];
      for (const input of list as readonly InputMap[]) outputs.push((await run(input, context)) ?? {});
      return outputs;
    },
  };
}

export const text = (input: InputMap, name: string): string => String(input[name] ?? "");
