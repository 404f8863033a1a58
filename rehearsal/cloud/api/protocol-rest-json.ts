import { fromJson, toJson } from "./json-values";
import { type ApiModel, type OperationModel, type ShapeReference, shapeOf } from "./model";
import type { HttpRequest, Protocol } from "./protocol";
import { parseJson } from "./protocol-json";
import { ServiceError } from "./service-error";

/** AWS REST JSON: operation by method and path, members in path, query string, headers and JSON body. */
export const restJsonProtocol: Protocol = {
  operationOf(model, request) {
    return Object.values(model.operations).find((operation) => matchUri(operation, request))?.name;
  },
  input(model, name, request) {
    const operation = model.operations[name]!;
    if (!operation.input) return {};
    const labels = matchUri(operation, request) ?? {};
    const input = fromJson(model, operation.input, parseJson(request.body)) as Record<string, unknown>;
    for (const [member, reference] of Object.entries(shapeOf(model, operation.input).members ?? {})) {
      const wireName = reference.locationName ?? member;
      if (reference.location === "uri") input[member] = labels[wireName];
      if (reference.location === "querystring") {
        const values = request.url.searchParams.getAll(wireName);
        if (values.length > 0) input[member] = fromText(model, reference, values);
      }
      if (reference.location === "header") {
        const text = request.headers[wireName.toLowerCase()];
        if (text !== undefined) input[member] = fromText(model, reference, [text]);
      }
    }
    return input;
  },
  output(model, name, value, requestId) {
    const operation = model.operations[name]!;
    return {
      status: operation.http.responseCode ?? 200,
      headers: { "content-type": "application/json", "x-amzn-requestid": requestId },
      body: operation.output ? JSON.stringify(toJson(model, operation.output, value ?? {})) : "",
    };
  },
  error(_model, error, requestId) {
    return {
      status: error.status,
      headers: {
        "content-type": "application/json",
        "x-amzn-requestid": requestId,
        "x-amzn-errortype": error.code,
      },
      body: JSON.stringify({ message: error.message, ...error.members }),
    };
  },
  unknownOperation: () =>
    new ServiceError("UnknownOperationException", "The operation is not known to this service", 404),
};

/** The labels of an operation's URI (`/tags/{resourceArn}`) as they stand in the request's path, or undefined. */
function matchUri(operation: OperationModel, request: HttpRequest): Record<string, string> | undefined {
  if (operation.http.method !== request.method) return undefined;
  const template = operation.http.requestUri.split("?")[0]!.split("/");
  const path = request.url.pathname.split("/");
  if (template.length !== path.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const actual = path[index]!;
    const label = /^\{(\w+)\+?\}$/.exec(part)?.[1];
    if (!label && part !== actual) return undefined;
    if (!label) continue;
    const value = decoded(actual);
    if (!value) return undefined;
    labels[label] = value;
  }
  return labels;
}

/** @returns undefined for what is no percent-encoding */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function fromText(model: ApiModel, reference: ShapeReference, values: string[]): unknown {
  const shape = shapeOf(model, reference);
  switch (shape.type) {
    case "list":
      return values;
    case "boolean":
      return values[0] === "true" ? true : values[0] === "false" ? false : values[0];
    case "integer":
    case "long":
      return Number(values[0]);
    default:
      return values[0];
  }
}
