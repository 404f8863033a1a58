import type { Fields } from "../document-fields";

/** What references in a workflow can name at a moment of its run. */
export interface WorkflowScope {
  readonly parameters: Fields;
  /** by step */
  readonly stepOutputs: ReadonlyMap<string, Fields>;
  /** of workflows that have run before */
  readonly workflowOutputs: Fields;
  /** system variables */
  readonly imagebuilder: Fields;
}

const embedded = /\{\{\s*(\$\.[^{}]+?)\s*\}\}/g;

export class UnknownReference extends Error {}

/**
 * Resolves the references in inputs: a name with `.$` behind it, a value that is one, and any that a text embeds.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/wfdoc-dynamic-vars.html
 * @throws UnknownReference
 */
export function resolveFields(given: Fields, scope: WorkflowScope): Fields {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.replace(/\.\$$/, ""), resolveValue(value, scope)]),
  );
}

export function resolveValue(value: unknown, scope: WorkflowScope): unknown {
  if (typeof value === "string") {
    if (/^\$\.\S+$/.test(value)) return lookUp(value, scope);
    return value.replace(embedded, (_whole, reference: string) => {
      const found = lookUp(reference, scope);
      return typeof found === "string" ? found : JSON.stringify(found);
    });
  }
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, scope));
  if (typeof value === "object" && value !== null) return resolveFields(value as Fields, scope);
  return value;
}

function lookUp(reference: string, scope: WorkflowScope): unknown {
  const [root = "", ...path] = reference
    .slice("$.".length)
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".");
  // the pages of AWS write both
  let found: unknown = root === "imageBuilder" ? scope.imagebuilder : scope[root as keyof WorkflowScope];
  for (const name of path)
    found = found instanceof Map ? found.get(name) : (found as Fields | undefined | null)?.[name];
  if (found === undefined) throw new UnknownReference(`the reference ${reference} names nothing`);
  return found;
}
