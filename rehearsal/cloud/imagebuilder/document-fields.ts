import { parseDocument as parseYaml } from "yaml";

/** A document that the service would not take; the message says where and why. */
export class DocumentError extends Error {}

export type Fields = Readonly<Record<string, unknown>>;

/** The top of a component's or workflow's document, schema 1.0. @throws DocumentError */
export function rootOf(source: string, known: readonly string[]): Fields {
  const yaml = parseYaml(source, { prettyErrors: true, uniqueKeys: true });
  const [mistake] = yaml.errors;
  if (mistake) throw new DocumentError(`yaml: ${mistake.message.split("\n")[0]}`);
  const root = fields(yaml.toJS() as unknown, "the document");
  onlyKeys(root, known, "the document");
  const version = root.schemaVersion;
  if (version === undefined) throw new DocumentError("schemaVersion is missing; it must be 1.0");
  if (version !== 1 && version !== "1.0")
    throw new DocumentError(`schemaVersion ${String(version)} is not supported; it must be 1.0`);
  return root;
}

export function fields(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new DocumentError(`${what} must be a map`);
  return value as Fields;
}

export function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new DocumentError(`${what} must be a list`);
  return value;
}

export function onlyKeys(map: Fields, known: readonly string[], what: string): void {
  for (const key of Object.keys(map))
    if (!known.includes(key))
      throw new DocumentError(`${what}: unknown field '${key}'; known are ${known.join(", ")}`);
}

export function requiredText(value: unknown, key: string, what: string): string {
  if (value === undefined || value === null || value === "") throw new DocumentError(`${what} has no ${key}`);
  return String(value);
}

export function optionalText(value: unknown, what: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" && typeof value !== "number")
    throw new DocumentError(`${what} must be a string`);
  return String(value);
}

export function integer(value: unknown, key: string, allowed: (number: number) => boolean): number {
  if (!Number.isInteger(value) || !allowed(value as number))
    throw new DocumentError(`${key} ${JSON.stringify(value)} is not allowed`);
  return value as number;
}

export function unique(names: readonly string[], kind: string, where: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new DocumentError(`${kind} '${twice}' occurs twice in ${where}`);
}
