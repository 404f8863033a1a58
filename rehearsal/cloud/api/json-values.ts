import { type ApiModel, type ShapeReference, shapeOf } from "./model";

/** JSON as it travels to values as handlers see them: epoch seconds become Date, base64 becomes bytes. */
export function fromJson(model: ApiModel, reference: ShapeReference, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  const shape = shapeOf(model, reference);
  switch (shape.type) {
    case "structure":
      if (!isObject(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => {
          const found = memberNamed(shape.members ?? {}, key);
          return found ? [found[0], fromJson(model, found[1], item)] : [key, item];
        }),
      );
    case "list":
      return Array.isArray(value) ? value.map((item) => fromJson(model, shape.member!, item)) : value;
    case "map":
      if (!isObject(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, fromJson(model, shape.value!, item)]),
      );
    case "timestamp":
      return typeof value === "number"
        ? new Date(value * 1000)
        : typeof value === "string"
          ? new Date(value)
          : value;
    case "blob":
      return typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : value;
    default:
      return value;
  }
}

/** The way back. Members that the shape does not have are left out: see Service.answersWithRecords. */
export function toJson(model: ApiModel, reference: ShapeReference, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  const shape = shapeOf(model, reference);
  switch (shape.type) {
    case "structure":
      return Object.fromEntries(
        Object.entries(shape.members ?? {}).flatMap(([name, member]) => {
          const item = toJson(model, member, (value as Record<string, unknown>)[name]);
          return item === undefined ? [] : [[member.locationName ?? name, item]];
        }),
      );
    case "list":
      return (value as unknown[]).map((item) => toJson(model, shape.member!, item));
    case "map":
      return Object.fromEntries(
        Object.entries(value as object).map(([key, item]) => [key, toJson(model, shape.value!, item)]),
      );
    case "timestamp":
      return shape.timestampFormat === "iso8601"
        ? (value as Date).toISOString()
        : Math.round((value as Date).getTime()) / 1000;
    case "blob":
      return Buffer.from(value as Uint8Array).toString("base64");
    default:
      return value;
  }
}

function memberNamed(
  members: Readonly<Record<string, ShapeReference>>,
  wireName: string,
): [string, ShapeReference] | undefined {
  const direct = members[wireName];
  if (direct && (!direct.locationName || direct.locationName === wireName)) return [wireName, direct];
  return Object.entries(members).find(([, member]) => member.locationName === wireName);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
