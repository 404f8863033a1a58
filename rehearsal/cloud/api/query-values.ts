import { type ApiModel, type ShapeReference, shapeOf } from "./model";

/**
 * The query protocol's form fields (`Tags.member.1.Key=x`) as values.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function fromForm(
  model: ApiModel,
  reference: ShapeReference,
  form: URLSearchParams,
): Record<string, unknown> {
  const tree: FormNode = { children: new Map() };
  for (const [name, text] of form) {
    if (name === "Action" || name === "Version") continue;
    let node = tree;
    for (const part of name.split(".")) {
      let next = node.children.get(part);
      if (!next) node.children.set(part, (next = { children: new Map() }));
      node = next;
    }
    node.text = text;
  }
  return fromNode(model, reference, tree) as Record<string, unknown>;
}

interface FormNode {
  text?: string;
  readonly children: Map<string, FormNode>;
}

function fromNode(model: ApiModel, reference: ShapeReference, node: FormNode): unknown {
  const shape = shapeOf(model, reference);
  switch (shape.type) {
    case "structure": {
      const members = shape.members ?? {};
      const entries = [...node.children].map(([name, child]): [string, unknown] => {
        const member =
          members[name] ?? Object.values(members).find((candidate) => candidate.locationName === name);
        return [name, member ? fromNode(model, member, child) : (child.text ?? "")];
      });
      return Object.fromEntries(entries);
    }
    case "list": {
      const items = shape.flattened ? node : (node.children.get("member") ?? node);
      return [...items.children]
        .sort(([a], [b]) => Number(a) - Number(b))
        .map(([, child]) => fromNode(model, shape.member!, child));
    }
    case "map": {
      const entries = shape.flattened ? node : (node.children.get("entry") ?? node);
      return Object.fromEntries(
        [...entries.children.values()].map((entry) => [
          entry.children.get("key")?.text ?? "",
          fromNode(model, shape.value!, entry.children.get("value") ?? { children: new Map() }),
        ]),
      );
    }
    case "integer":
    case "long":
    case "double":
    case "float":
      return node.text === undefined || node.text === "" ? undefined : Number(node.text);
    case "boolean":
      return node.text === "true" ? true : node.text === "false" ? false : node.text;
    case "timestamp":
      return new Date(node.text ?? "");
    case "blob":
      return new Uint8Array(Buffer.from(node.text ?? "", "base64"));
    default:
      return node.text ?? "";
  }
}

/** A value as the XML that the query protocol answers with, without an outer element. */
export function toXml(model: ApiModel, reference: ShapeReference, value: unknown): string {
  if (value === null || value === undefined) return "";
  const shape = shapeOf(model, reference);
  switch (shape.type) {
    case "structure":
      return Object.entries(shape.members ?? {})
        .map(([name, member]) => element(member.locationName ?? name, model, member, (value as never)[name]))
        .join("");
    case "list":
      return (value as unknown[])
        .map((item) => `<member>${toXml(model, shape.member!, item)}</member>`)
        .join("");
    case "map":
      return Object.entries(value as object)
        .map(
          ([key, item]) =>
            `<entry><key>${escape(key)}</key><value>${toXml(model, shape.value!, item)}</value></entry>`,
        )
        .join("");
    case "timestamp":
      return (value as Date).toISOString();
    case "blob":
      return Buffer.from(value as Uint8Array).toString("base64");
    default:
      return escape(String(value));
  }
}

function element(name: string, model: ApiModel, reference: ShapeReference, value: unknown): string {
  return value === undefined || value === null ? "" : `<${name}>${toXml(model, reference, value)}</${name}>`;
}

export const escape = (text: string): string =>
  text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
