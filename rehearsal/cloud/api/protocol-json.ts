import { fromJson, toJson } from "./json-values";
import type { ApiModel } from "./model";
import type { Protocol } from "./protocol";
import { ServiceError } from "./service-error";

/** AWS JSON 1.0 and 1.1: `X-Amz-Target: Prefix.Operation`, a JSON body both ways. */
export const jsonProtocol: Protocol = {
  operationOf(model, request) {
    const [prefix, operation] = (request.headers["x-amz-target"] ?? "").split(".");
    if (prefix !== model.metadata.targetPrefix || !operation) return undefined;
    return model.operations[operation] ? operation : undefined;
  },
  input(model, operation, request) {
    const reference = model.operations[operation]?.input;
    const body = parseJson(request.body);
    return reference ? (fromJson(model, reference, body) as Record<string, unknown>) : {};
  },
  output(model, operation, value, requestId) {
    const reference = model.operations[operation]?.output;
    return {
      status: 200,
      headers: { "content-type": contentType(model), "x-amzn-requestid": requestId },
      body: reference ? JSON.stringify(toJson(model, reference, value ?? {})) : "",
    };
  },
  error(model, error, requestId) {
    const fault = error.status < 500 ? "Sender" : "Receiver";
    return {
      status: error.status,
      headers: {
        "content-type": contentType(model),
        // https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
        ...(model.metadata.protocol === "query" ? { "x-amzn-query-error": `${error.code};${fault}` } : {}),
        "x-amzn-requestid": requestId,
        "x-amzn-errortype": error.code,
      },
      body: JSON.stringify({ __type: error.code, message: error.message, ...error.members }),
    };
  },
  unknownOperation: () =>
    new ServiceError("UnknownOperationException", "The operation is not known to this service"),
};

const contentType = ({ metadata }: ApiModel): string =>
  `application/x-amz-json-${metadata.jsonVersion ?? "1.1"}`;

export function parseJson(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // answered below: a body that is no JSON and a body that is no object are the same mistake
  }
  throw new ServiceError("SerializationException", "The request body is not a JSON object");
}
