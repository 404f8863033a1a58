import { type core } from "zod";
import { isRecord } from "./given";
import { quote, type Problem } from "./rules";
import { baseImageScheduleSchema, configurationSchema, loadBalancerSchema } from "./schema";

/** Problems of one issue that zod found: the path, what was given and what is allowed. */
export function describe(issue: core.$ZodIssue, input: unknown): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const known = settingsAt(issue.path);
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key]),
      text: `unknown setting${suggestion(key, known)}; allowed: ${known.join(", ")}`,
    }));
  }
  // A union reports its members' issues; those of the object are the ones that help, once an object was given.
  if (issue.code === "invalid_union" && isRecord(valueAt(input, issue.path))) {
    const ofObject = issue.errors.find((errors) => errors.every((one) => one.code !== "invalid_value")) ?? [];
    return ofObject.flatMap((one) =>
      describe({ ...one, path: [...issue.path, ...one.path] } as core.$ZodIssue, input),
    );
  }
  const value = valueAt(input, issue.path);
  const what = value === undefined ? "missing" : `${quote(value)} is not allowed`;
  return [{ path: pathText(issue.path), text: `${what}; allowed: ${issue.message}` }];
}

function settingsAt(path: readonly PropertyKey[]): string[] {
  const { shape } = configurationSchema;
  const environment = shape.environments.element.shape;
  const last = path.findLast((part) => typeof part === "string");
  if (path.length === 0) return Object.keys(shape);
  if (last === "image") return Object.keys(shape.image.unwrap().shape);
  if (last === "baseImageSchedule") return Object.keys(baseImageScheduleSchema.shape);
  if (last === "capacity") return Object.keys(environment.capacity.unwrap().shape);
  if (last === "rollOut") return Object.keys(environment.rollOut.unwrap().shape);
  if (last === "loadBalancer") return Object.keys(loadBalancerSchema.shape);
  return Object.keys(environment);
}

function suggestion(key: string, known: readonly string[]): string {
  const near = known.find((one) => distance(one.toLowerCase(), key.toLowerCase()) <= key.length / 3);
  return near === undefined ? "" : `, did you mean ${near}?`;
}

/** Letters to change, add or leave out between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(
        Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)),
      );
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (isRecord(value) || Array.isArray(value) ? Reflect.get(value, part) : undefined),
    input,
  );
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (sum, part) =>
      typeof part === "number" ? `${sum}[${part}]` : sum === "" ? String(part) : `${sum}.${String(part)}`,
    "",
  );
  return text === "" ? "configuration" : text;
}
