import { type ApiModel, type Shape, type ShapeReference, shapeOf } from "./model";

/**
 * Holds a value against its shape and returns every violation, in the words the services use
 * ("Value 'x' at 'name' failed to satisfy constraint: ..."). Unknown members are violations as well.
 */
export function violations(model: ApiModel, reference: ShapeReference, value: unknown): string[] {
  const found: string[] = [];
  check(model, reference, value, "", found);
  return found;
}

function check(
  model: ApiModel,
  reference: ShapeReference,
  value: unknown,
  path: string,
  found: string[],
): void {
  const shape = shapeOf(model, reference);
  switch (shape.type) {
    case "structure":
      return checkStructure(model, shape, value, path, found);
    case "list":
      if (!Array.isArray(value)) return void found.push(wrongType(path, "list", value));
      checkRange(shape, value.length, value, path, found);
      return value.forEach((item, index) =>
        check(model, shape.member!, item, `${path}.${index + 1}.member`, found),
      );
    case "map":
      if (!isObject(value)) return void found.push(wrongType(path, "map", value));
      checkRange(shape, Object.keys(value).length, value, path, found);
      return Object.entries(value).forEach(([key, item]) => {
        check(model, shape.key!, key, `${path}.key`, found);
        check(model, shape.value!, item, `${path}.${key}`, found);
      });
    case "string":
      return checkString(shape, value, path, found);
    case "integer":
    case "long":
    case "double":
    case "float":
      if (typeof value !== "number" || Number.isNaN(value))
        return void found.push(wrongType(path, shape.type, value));
      if ((shape.type === "integer" || shape.type === "long") && !Number.isInteger(value))
        return void found.push(wrongType(path, shape.type, value));
      return checkBounds(shape, value, path, found);
    case "boolean":
      if (typeof value !== "boolean") found.push(wrongType(path, "boolean", value));
      return;
    case "timestamp":
      if (!(value instanceof Date) || Number.isNaN(value.getTime()))
        found.push(wrongType(path, "timestamp", value));
      return;
    case "blob":
      if (!(value instanceof Uint8Array)) found.push(wrongType(path, "blob", value));
  }
}

function checkStructure(model: ApiModel, shape: Shape, value: unknown, path: string, found: string[]): void {
  if (!isObject(value)) return void found.push(wrongType(path, "structure", value));
  for (const name of shape.required ?? [])
    if (value[name] === undefined || value[name] === null)
      found.push(`Value null at '${join(path, name)}' failed to satisfy constraint: Member must not be null`);
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined || item === null) continue;
    const member = shape.members?.[name];
    if (member) check(model, member, item, join(path, name), found);
    else found.push(`Value at '${join(path, name)}' failed to satisfy constraint: unknown member`);
  }
}

function checkString(shape: Shape, value: unknown, path: string, found: string[]): void {
  if (typeof value !== "string") return void found.push(wrongType(path, "string", value));
  if (shape.enum && !shape.enum.includes(value))
    return void found.push(
      fails(path, value, `Member must satisfy enum value set: [${shape.enum.join(", ")}]`),
    );
  checkRange(shape, value.length, value, path, found);
  if (shape.pattern && !patternOf(shape.pattern).test(value))
    found.push(fails(path, value, `Member must satisfy regular expression pattern: ${shape.pattern}`));
}

function checkRange(shape: Shape, length: number, value: unknown, path: string, found: string[]): void {
  if (shape.min !== undefined && length < shape.min)
    found.push(fails(path, value, `Member must have length greater than or equal to ${shape.min}`));
  if (shape.max !== undefined && length > shape.max)
    found.push(fails(path, value, `Member must have length less than or equal to ${shape.max}`));
}

function checkBounds(shape: Shape, value: number, path: string, found: string[]): void {
  if (shape.min !== undefined && value < shape.min)
    found.push(fails(path, value, `Member must have value greater than or equal to ${shape.min}`));
  if (shape.max !== undefined && value > shape.max)
    found.push(fails(path, value, `Member must have value less than or equal to ${shape.max}`));
}

const patterns = new Map<string, RegExp>();

/** Models write patterns for Java, anchored at both ends; the classes they use exist in JavaScript's `u` mode too. */
function patternOf(source: string): RegExp {
  let pattern = patterns.get(source);
  if (!pattern) {
    try {
      pattern = new RegExp(`^(?:${source})$`, "su");
    } catch {
      pattern = new RegExp(`^(?:${source})$`, "s");
    }
    patterns.set(source, pattern);
  }
  return pattern;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
const join = (path: string, name: string): string => (path ? `${path}.${name}` : name);
const fails = (path: string, value: unknown, constraint: string): string =>
  `Value '${typeof value === "object" ? JSON.stringify(value) : String(value)}' at '${path}' failed to satisfy constraint: ${constraint}`;
const wrongType = (path: string, type: string, value: unknown): string =>
  `Value '${JSON.stringify(value)}' at '${path || "input"}' failed to satisfy constraint: Member must be of type ${type}`;
