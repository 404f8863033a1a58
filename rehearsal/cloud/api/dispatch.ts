import { checkAnswer, checkedError, Defect } from "./answers";
import { type HttpRequest, type HttpResponse, protocolOf } from "./protocol";
import type { Call, Permission, Service } from "./service";
import { ServiceError } from "./service-error";
import { violations } from "./validate";

/** @throws ServiceError when the caller may not do what the permission names */
export type Authorize = (call: Call, permission: Permission) => Promise<void>;

/**
 * Carries one request through its service: read, validate, authorize, run, answer. Never throws.
 * @param unexpected is told what went wrong in the gateway itself, such as an answer that the API model does not allow
 */
export async function dispatch(
  service: Service,
  request: HttpRequest,
  call: Call,
  authorize: Authorize,
  unexpected: (error: unknown) => void,
): Promise<HttpResponse> {
  const { model } = service;
  const protocol = protocolOf(model, request);
  let name: string | undefined;
  try {
    name = protocol.operationOf(model, request);
    const operation = name ? service.operations[name] : undefined;
    if (!name || !operation) throw protocol.unknownOperation(name ?? "");
    const input = protocol.input(model, name, request);
    const reference = model.operations[name]!.input;
    const found = reference ? violations(model, reference, input) : [];
    if (found.length > 0) throw invalid(service, found);
    for (const permission of await operation.permissions(input, call)) await authorize(call, permission);
    const answer = await operation.run(input, call);
    checkAnswer(service, name, answer);
    return protocol.output(model, name, answer, call.requestId);
  } catch (error) {
    return protocol.error(model, refusal(service, name, error, unexpected), call.requestId);
  }
}

/** What a client is told; for everything but an error that the operation may answer with, that the gateway failed. */
function refusal(
  service: Service,
  operation: string | undefined,
  error: unknown,
  unexpected: (error: unknown) => void,
): ServiceError {
  try {
    if (!(error instanceof ServiceError)) throw error;
    return operation ? checkedError(service, operation, error) : error;
  } catch (defect) {
    unexpected(defect);
    // 501: no client tries again what can't be otherwise the next time
    const status = defect instanceof Defect ? 501 : 500;
    return new ServiceError("InternalFailure", "The gateway failed", status);
  }
}

function invalid(service: Service, found: string[]): ServiceError {
  const count = `${found.length} validation error${found.length > 1 ? "s" : ""} detected: `;
  const code = service.model.metadata.protocol === "query" ? "ValidationError" : "ValidationException";
  return new ServiceError(code, count + found.join("; "));
}
