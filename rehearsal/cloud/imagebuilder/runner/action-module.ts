import type { S3Client } from "@aws-sdk/client-s3";
import type { BootedMachine } from "../../machine/boot";
import type { ComponentDocument, InputMap, Inputs } from "./document";
import type { Outputs } from "./expressions";
import type { PhaseFailure } from "./run-document";

/** The machine that a document runs on, and what its steps may use. */
export interface MachineContext {
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
  /** The document of a component, read with the machine's own permissions. */
  component(arn: string): Promise<string>;
}

export interface StepContext extends MachineContext {
  /** Runs another document within the step. @throws StepFailure when that is too deep */
  nested(
    document: ComponentDocument,
    parameters: ReadonlyMap<string, string>,
    phases: readonly string[],
  ): Promise<PhaseFailure | undefined>;
}

export type InputType = "string" | "boolean" | "integer" | "strings" | "maps";

/** What a module takes: by name, the type and whether it must be given. */
export type InputTable = Readonly<Record<string, { readonly type: InputType; readonly required?: boolean }>>;

export interface ActionModule {
  /** `list`: does its thing once for each of a list of inputs; `map`: takes one; `optional`: takes one or none. */
  readonly takes: "list" | "map" | "optional";
  readonly inputs: InputTable;
  /** Runs once, and for as long as it takes: a step must not say otherwise. */
  readonly unlimited?: boolean;
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
