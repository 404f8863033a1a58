/** A component document of schema 1.0. https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-use-documents.html */
export interface ComponentDocument {
  readonly name: string | undefined;
  readonly parameters: readonly DocumentParameter[];
  readonly constants: ReadonlyMap<string, string>;
  readonly phases: readonly Phase[];
}

export interface DocumentParameter {
  readonly name: string;
  readonly default: string | undefined;
  readonly description: string | undefined;
}

export interface Phase {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly name: string;
  readonly action: string;
  /** -1 is for ever */
  readonly timeoutSeconds: number;
  readonly onFailure: OnFailure;
  readonly maxAttempts: number;
  readonly inputs: Inputs;
  readonly loop: Loop | undefined;
  readonly condition: unknown;
}

export const onFailures = ["Abort", "Continue", "Ignore"] as const;
export type OnFailure = (typeof onFailures)[number];

export type InputValue =
  string | number | boolean | null | readonly InputValue[] | { readonly [name: string]: InputValue };
export type InputMap = Readonly<Record<string, InputValue>>;
/** A list for modules that do a thing several times, one map for the others. */
export type Inputs = InputMap | readonly InputMap[];

export interface Loop {
  readonly name: string | undefined;
  /** Values before references in them are resolved, or the text that is to be split into them. */
  readonly values: readonly string[] | { readonly list: string; readonly delimiter: string };
}
