import type { Answer } from "./send";
import type { ErrorForm, MalformedRequest } from "./request";

const jsonObject = (body: string): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined;
  }
};

/** How a client recognizes an error of each protocol. */
const forms: Readonly<Record<ErrorForm, (answer: Answer) => boolean>> = {
  json: ({ body }) => typeof jsonObject(body)?.["__type"] === "string",
  "rest-json": ({ headers, body }) =>
    typeof headers["x-amzn-errortype"] === "string" || typeof jsonObject(body)?.["__type"] === "string",
  query: ({ body }) => /<ErrorResponse[\s\S]*<Code>\w+<\/Code>/.test(body),
  ec2: ({ body }) => /<Response>\s*<Errors>\s*<Error>\s*<Code>\w+<\/Code>/.test(body),
  s3: ({ body }) => /<Error><Code>\w+<\/Code>/.test(body),
  git: () => true,
  http: () => true,
};

/** @returns what is wrong with an answer to a malformed request, or undefined */
export function complaint(request: MalformedRequest, answer: Answer): string | undefined {
  const { kind, form, method, path, headers, body } = request;
  const refused = answer.status >= 400 && answer.status < 500;
  if (refused && forms[form](answer)) return undefined;
  const target = headers["x-amz-target"] ?? "";
  const sent = body.toString("latin1").slice(0, 200);
  return `${kind}: ${method} ${path.slice(0, 200)} ${target} ${headers["authorization"]} ${sent}\n  -> ${answer.status} ${answer.body.slice(0, 300)}`;
}
