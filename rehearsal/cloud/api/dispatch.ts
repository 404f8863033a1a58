import { type HttpRequest, type HttpResponse, protocolOf } from "./protocol";
import type { Call, Permission, Service } from "./service";
import { ServiceError } from "./service-error";
import { violations } from "./validate";

/** @throws ServiceError when the caller may not do what the permission names */
export type Authorize = (call: Call, permission: Permission) => Promise<void>;

/** Carries one request through its service: read, validate, authorize, run, answer. Never throws. */
export async function dispatch(
  service: Service,
  request: HttpRequest,
  call: Call,
  authorize: Authorize,
  unexpected: (error: unknown) => void,
): Promise<HttpResponse> {
  const { model } = service;
  const protocol = protocolOf(model, request);
  try {
    const name = protocol.operationOf(model, request);
    const operation = name ? service.operations[name] : undefined;
    if (!name || !operation) throw protocol.unknownOperation(name ?? "");
    const input = protocol.input(model, name, request);
    const reference = model.operations[name]!.input;
    const found = reference ? violations(model, reference, input) : [];
    if (found.length > 0) throw invalid(service, found);
    for (const permission of await operation.permissions(input, call)) await authorize(call, permission);
    return protocol.output(model, name, await operation.run(input, call), call.requestId);
  } catch (error) {
    if (error instanceof ServiceError) return protocol.error(model, error, call.requestId);
    unexpected(error);
    return protocol.error(
      model,
      new ServiceError("InternalFailure", "The gateway failed", 500),
      call.requestId,
    );
  }
}

function invalid(service: Service, found: string[]): ServiceError {
  const count = `${found.length} validation error${found.length > 1 ? "s" : ""} detected: `;
  const code = service.model.metadata.protocol === "query" ? "ValidationError" : "ValidationException";
  return new ServiceError(code, count + found.join("; "));
}
