import fc, { type Arbitrary } from "fast-check";
import {
  type ApiModel,
  type OperationModel,
  type ShapeReference,
  shapeOf,
} from "../../../../rehearsal/cloud/api/model";

const text = fc.string({ unit: "binary", maxLength: 200 });

/** What is no JSON object. */
export const brokenJson: Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from([0x7b, ...bytes])),
  fc.json().map((json) => Buffer.from(`{"a": ${json}`)), // truncated
  fc.json().map((json) => Buffer.from(`[${json}]`)),
  fc
    .constantFrom("null", "true", "17", '""', "[]", "{]", "{'a': 1}", '{"a": NaN}', "\u0000")
    .map((json) => Buffer.from(json)),
  fc.integer({ min: 500, max: 20_000 }).map((depth) => Buffer.from("[".repeat(depth) + "]".repeat(depth))),
  fc.integer({ min: 500, max: 20_000 }).map((depth) => Buffer.from('{"a":'.repeat(depth))),
);

/** Operations with a member in the body that can have a wrong type. */
export const fallible = (model: ApiModel): readonly OperationModel[] =>
  Object.values(model.operations).filter((operation) => bodyMembers(model, operation).length > 0);

export function bodyMembers(model: ApiModel, { input }: OperationModel): [string, ShapeReference][] {
  if (!input) return [];
  return Object.entries(shapeOf(model, input).members ?? {}).filter(([, { location }]) => !location);
}

const unknownMember = fc.tuple(
  fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "nosuchMember", "🦆", ""),
  // null is as good as nothing
  fc.jsonValue().filter((value) => value !== null),
);

/** An object with one member of a type that it does not have, or with one that the operation does not have. */
export function wrongObject(model: ApiModel, operation: OperationModel): Arbitrary<Buffer> {
  const wrong = fc.constantFrom(...bodyMembers(model, operation)).chain(([name, reference]) => {
    const { type } = shapeOf(model, reference);
    return wrongValue(type).map((value): [string, unknown] => [reference.locationName ?? name, value]);
  });
  // written by hand: JSON.stringify would take a member __proto__ for something else
  return fc
    .oneof(wrong, unknownMember)
    .map(([name, value]) => Buffer.from(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`));
}

function wrongValue(type: string): Arbitrary<unknown> {
  const numbers = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(1e308));
  switch (type) {
    case "string":
      return fc.oneof(fc.integer(), fc.boolean(), fc.array(text), fc.dictionary(text, text));
    case "integer":
    case "long":
      return fc.oneof(text, fc.boolean(), fc.array(fc.integer()), fc.constant(0.5));
    case "double":
    case "float":
    case "timestamp":
      return fc.oneof(fc.boolean(), fc.array(fc.integer()), fc.constant("no date"));
    case "boolean":
      return fc.oneof(text, numbers, fc.array(fc.boolean()));
    case "blob":
      return fc.oneof(numbers, fc.boolean(), fc.array(text));
    case "list":
      return fc.oneof(
        text,
        numbers,
        fc.dictionary(text, text),
        fc.array(fc.constant({ nosuchMember: [[]] }), { minLength: 1 }),
      );
    default:
      return fc.oneof(text, numbers, fc.array(fc.integer()), fc.constant({ nosuchMember: [[]] }));
  }
}

/** Members that the emulator's operations have, and no operation with these values. */
export const wrongTypes: Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom("Name", "KeyId", "logGroupName"),
    fc.oneof(fc.integer(), fc.boolean(), fc.array(text), fc.dictionary(text, text)),
  )
  .map(([name, value]) =>
    Buffer.from(JSON.stringify({ Name: value, KeyId: value, logGroupName: value, [name]: [value] })),
  );

/** Fields of the query protocol that no operation has, or has in another form. */
export const brokenForm: Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        "AutoScalingGroupName.member.1.x",
        "Tags.member.0.Key.Key.Key",
        "__proto__.polluted",
        "constructor.prototype.polluted",
        "....",
        "MinSize.member.1",
        "nosuchMember",
      ),
      text,
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((fields) =>
    [["nosuchMember", "1"], ...fields].map(([name, value]) => `${name}=${encode(value!)}`).join("&"),
  );

const encode = encodeURIComponent;
