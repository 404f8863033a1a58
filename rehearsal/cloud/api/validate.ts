import { type ApiModel, type Shape, type ShapeReference, shapeOf } from "./model";

/**
 * Holds a request against its shape and returns every violation, in the words the services use
 * ("Value 'x' at 'name' failed to satisfy constraint: ..."). Unknown members are violations as well.
 */
export function violations(model: ApiModel, reference: ShapeReference, value: unknown): string[] {
  return new Validation(model, { mayBeEmpty: false, mayHoldMore: false }).of(reference, value);
}

/**
 * The same for an answer. There, an empty list or map stands for none, whatever least length the shape asks of requests:
 * AWS answers `"tags": {}`. https://docs.aws.amazon.com/cli/latest/reference/imagebuilder/get-component.html
 */
export function answerViolations(
  model: ApiModel,
  reference: ShapeReference,
  value: unknown,
  mayHoldMore = false,
): string[] {
  return new Validation(model, { mayBeEmpty: true, mayHoldMore }).of(reference, value);
}

class Validation {
  private readonly found: string[] = [];

  constructor(
    private readonly model: ApiModel,
    private readonly leniency: { readonly mayBeEmpty: boolean; readonly mayHoldMore: boolean },
  ) {}

  of(reference: ShapeReference, value: unknown): string[] {
    this.check(reference, value, "");
    return this.found;
  }

  private check(reference: ShapeReference, value: unknown, path: string): void {
    const shape = shapeOf(this.model, reference);
    switch (shape.type) {
      case "structure":
        return this.checkStructure(shape, value, path);
      case "list":
        if (!Array.isArray(value)) return this.wrongType(path, "list", value);
        this.checkSize(shape, value.length, value, path);
        return value.forEach((item, index) => this.check(shape.member!, item, `${path}.${index + 1}.member`));
      case "map":
        if (!isObject(value)) return this.wrongType(path, "map", value);
        this.checkSize(shape, Object.keys(value).length, value, path);
        return Object.entries(value).forEach(([key, item]) => {
          this.check(shape.key!, key, `${path}.key`);
          this.check(shape.value!, item, `${path}.${key}`);
        });
      case "string":
        return this.checkString(reference.shape, shape, value, path);
      case "integer":
      case "long":
      case "double":
      case "float":
        if (typeof value !== "number" || Number.isNaN(value)) return this.wrongType(path, shape.type, value);
        if ((shape.type === "integer" || shape.type === "long") && !Number.isInteger(value))
          return this.wrongType(path, shape.type, value);
        return this.checkBounds(shape, value, path);
      case "boolean":
        if (typeof value !== "boolean") this.wrongType(path, "boolean", value);
        return;
      case "timestamp":
        if (!(value instanceof Date) || Number.isNaN(value.getTime()))
          this.wrongType(path, "timestamp", value);
        return;
      case "blob":
        if (!(value instanceof Uint8Array)) this.wrongType(path, "blob", value);
    }
  }

  private checkStructure(shape: Shape, value: unknown, path: string): void {
    if (!isObject(value)) return this.wrongType(path, "structure", value);
    for (const name of shape.required ?? [])
      if (value[name] === undefined || value[name] === null)
        this.found.push(
          `Value null at '${join(path, name)}' failed to satisfy constraint: Member must not be null`,
        );
    for (const [name, item] of Object.entries(value)) {
      if (item === undefined || item === null) continue;
      const member = shape.members?.[name];
      if (member) this.check(member, item, join(path, name));
      else if (!this.leniency.mayHoldMore)
        this.found.push(`Value at '${join(path, name)}' failed to satisfy constraint: unknown member`);
    }
  }

  private checkString(name: string, shape: Shape, value: unknown, path: string): void {
    if (typeof value !== "string") return this.wrongType(path, "string", value);
    if (shape.enum && !shape.enum.includes(value))
      return this.fails(path, value, `Member must satisfy enum value set: [${shape.enum.join(", ")}]`);
    this.checkLength(shape, value.length, value, path);
    if (shape.pattern && !unusedPatterns.has(name) && !patternOf(shape.pattern).test(value))
      this.fails(path, value, `Member must satisfy regular expression pattern: ${shape.pattern}`);
  }

  private checkSize(shape: Shape, size: number, value: unknown, path: string): void {
    if (size > 0 || !this.leniency.mayBeEmpty) this.checkLength(shape, size, value, path);
  }

  private checkLength(shape: Shape, length: number, value: unknown, path: string): void {
    if (shape.min !== undefined && length < shape.min)
      this.fails(path, value, `Member must have length greater than or equal to ${shape.min}`);
    if (shape.max !== undefined && length > shape.max)
      this.fails(path, value, `Member must have length less than or equal to ${shape.max}`);
  }

  private checkBounds(shape: Shape, value: number, path: string): void {
    if (shape.min !== undefined && value < shape.min)
      this.fails(path, value, `Member must have value greater than or equal to ${shape.min}`);
    if (shape.max !== undefined && value > shape.max)
      this.fails(path, value, `Member must have value less than or equal to ${shape.max}`);
  }

  private fails(path: string, value: unknown, constraint: string): void {
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    this.found.push(`Value '${text}' at '${path}' failed to satisfy constraint: ${constraint}`);
  }

  private wrongType(path: string, type: string, value: unknown): void {
    this.found.push(
      `Value '${JSON.stringify(value)}' at '${path || "input"}' failed to satisfy constraint: Member must be of type ${type}`,
    );
  }
}

/**
 * Shapes whose pattern the service itself does not keep: a component's parameter is of type `string`, in lower case.
 * https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_ComponentParameterDetail.html
 */
const unusedPatterns = new Set(["ComponentParameterType"]);

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
