import type { Protocol } from "./protocol";
import { escape, fromForm, toXml } from "./query-values";
import { ServiceError } from "./service-error";

/** AWS query: `Action=Operation` and form fields in, XML out. */
export const queryProtocol: Protocol = {
  operationOf(model, request) {
    const action = formOf(request.url, request.body).get("Action") ?? "";
    return model.operations[action] ? action : undefined;
  },
  input(model, operation, request) {
    const reference = model.operations[operation]?.input;
    return reference ? fromForm(model, reference, formOf(request.url, request.body)) : {};
  },
  output(model, operation, value, requestId) {
    const { output, name } = model.operations[operation]!;
    const wrapper = output?.resultWrapper ?? `${name}Result`;
    const result = output ? `<${wrapper}>${toXml(model, output, value ?? {})}</${wrapper}>` : "";
    return {
      status: 200,
      headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
      body:
        `<${name}Response xmlns="${model.metadata.xmlNamespace}">${result}` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${name}Response>`,
    };
  },
  error(model, error, requestId) {
    return {
      status: error.status,
      headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
      body:
        `<ErrorResponse xmlns="${model.metadata.xmlNamespace}"><Error><Type>${error.status < 500 ? "Sender" : "Receiver"}</Type>` +
        `<Code>${escape(error.code)}</Code><Message>${escape(error.message)}</Message></Error>` +
        `<RequestId>${requestId}</RequestId></ErrorResponse>`,
    };
  },
  unknownOperation: (name) =>
    new ServiceError("InvalidAction", `Could not find operation ${name} for version 2011-01-01`),
};

export function formOf(url: URL, body: Buffer): URLSearchParams {
  return body.length > 0 ? new URLSearchParams(body.toString("utf8")) : url.searchParams;
}
