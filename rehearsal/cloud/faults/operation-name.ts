import { type HttpRequest, protocolOf } from "../api/protocol";
import { formOf } from "../api/protocol-query";
import type { Service } from "../api/service";

/** The operation that a request is for, also where the emulator serves it. */
export function operationName(
  serviceName: string,
  service: Service | undefined,
  request: HttpRequest,
): string {
  const known = service && protocolOf(service.model, request).operationOf(service.model, request);
  if (known) return known;
  const target = request.headers["x-amz-target"];
  if (target) return target.split(".").at(-1)!;
  const line = `${request.method} ${request.url.pathname}`;
  if (serviceName === "s3") return objectOperation(request) ?? line;
  if (serviceName === "lambda" && /^POST .*\/functions\/[^/]+\/invocations$/.test(line)) return "Invoke";
  if (serviceName === "lambda" && /^GET .*\/functions\/?$/.test(line)) return "ListFunctions";
  return formOf(request.url, request.body).get("Action") ?? line;
}

const objectOperations: Readonly<Record<string, string>> = {
  GET: "GetObject",
  HEAD: "HeadObject",
  PUT: "PutObject",
  DELETE: "DeleteObject",
};

/** Undefined for what is done to a bucket. */
function objectOperation({ method, url }: HttpRequest): string | undefined {
  return /^\/[^/]+\/./.test(url.pathname) ? objectOperations[method] : undefined;
}
