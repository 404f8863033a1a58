import { randomUUID } from "node:crypto";
import type { HttpResponse } from "../api/protocol";
import { escape } from "../api/query-values";
import type { ServiceError } from "../api/service-error";

/** An error in EC2's own form. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
export function ec2Error(error: ServiceError): HttpResponse {
  const denied = error.code === "AccessDeniedException";
  const code = denied ? "UnauthorizedOperation" : error.code;
  const message = denied
    ? `You are not authorized to perform this operation. ${error.message}`
    : error.message;
  return {
    status: denied ? 403 : error.status,
    headers: { "content-type": "text/xml" },
    body:
      `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${escape(code)}</Code>` +
      `<Message>${escape(message)}</Message></Error></Errors><RequestID>${randomUUID()}</RequestID></Response>`,
  };
}
