import type { ApiModel } from "./model";
import type { ServiceError } from "./service-error";
import { jsonProtocol } from "./protocol-json";
import { queryProtocol } from "./protocol-query";
import { restJsonProtocol } from "./protocol-rest-json";

/** An HTTP request, read to its end. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** How a service's operations travel over HTTP. https://smithy.io/2.0/aws/protocols/index.html */
export interface Protocol {
  /** The operation that a request names, or undefined when it names none that the model has. */
  operationOf(model: ApiModel, request: HttpRequest): string | undefined;
  /** @throws ServiceError SerializationException when the body can't be read */
  input(model: ApiModel, operation: string, request: HttpRequest): Record<string, unknown>;
  output(model: ApiModel, operation: string, value: unknown, requestId: string): HttpResponse;
  error(model: ApiModel, error: ServiceError, requestId: string): HttpResponse;
  /** What the service answers for an operation that it does not have. */
  unknownOperation(name: string): ServiceError;
}

/** The one that a request speaks: CloudWatch is asked in JSON by newer clients and in the query protocol by others. */
export function protocolOf(model: ApiModel, request: HttpRequest): Protocol {
  if (model.metadata.targetPrefix && request.headers["x-amz-target"]) return jsonProtocol;
  switch (model.metadata.protocol) {
    case "json":
      return jsonProtocol;
    case "rest-json":
      return restJsonProtocol;
    case "query":
      return queryProtocol;
  }
}
