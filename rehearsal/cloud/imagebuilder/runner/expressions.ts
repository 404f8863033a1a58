import type { InputMap, Inputs, InputValue } from "./document";

export type Outputs = Readonly<Record<string, string>> | readonly Readonly<Record<string, string>>[];

/** What references in a document can name at a moment of its run. */
export interface Scope {
  /** parameters and constants */
  readonly variables: ReadonlyMap<string, string>;
  /** by `phase.step` */
  readonly steps: ReadonlyMap<string, { readonly inputs: Inputs; readonly outputs: Outputs }>;
  readonly loop?: { readonly name: string | undefined; readonly index: number; readonly value: string };
}

const reference = /\{\{\s*([^{}]+?)\s*\}\}/g;
const chained = /^([^.]+)\.([^.]+)\.(inputs|outputs)(?:\[(\d+)\])?\.(\w+)(?:\[(\d+)\])?$/;

/** Replaces every `{{ reference }}`. One that names nothing stays as it is, as AWSTOE leaves it. */
export function resolveText(text: string, scope: Scope): string {
  return text.replace(reference, (whole, name: string) => lookUp(name, scope) ?? whole);
}

export function resolveInputs(inputs: Inputs, scope: Scope): Inputs {
  return resolveValue(inputs as InputValue, scope) as Inputs;
}

function resolveValue(value: InputValue, scope: Scope): InputValue {
  if (typeof value === "string") return resolveText(value, scope);
  if (Array.isArray(value)) return value.map((item: InputValue) => resolveValue(item, scope));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as InputMap).map(([name, item]) => [name, resolveValue(item, scope)]),
  );
}

function lookUp(name: string, scope: Scope): string | undefined {
  const { loop } = scope;
  if (loop)
    for (const prefix of ["loop", ...(loop.name ? [loop.name] : [])]) {
      if (name === `${prefix}.index`) return String(loop.index);
      if (name === `${prefix}.value`) return loop.value;
    }
  const [, phase, step, side, index, variable = "", element] = chained.exec(name) ?? [];
  if (phase === undefined || side === undefined) return scope.variables.get(name);
  const record = scope.steps.get(`${phase}.${step}`)?.[side as "inputs" | "outputs"];
  const maps = (Array.isArray(record) ? record : record ? [record] : []) as readonly InputMap[];
  const value = maps[Number(index ?? 0)]?.[variable];
  const found = Array.isArray(value) ? (value[Number(element ?? 0)] as InputValue) : value;
  return typeof found === "string" || typeof found === "number" || typeof found === "boolean"
    ? String(found)
    : undefined;
}
