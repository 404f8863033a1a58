import { type HttpRequest, type HttpResponse, protocolOf } from "../api/protocol";
import { escape } from "../api/query-values";
import type { Service } from "../api/service";
import { ServiceError } from "../api/service-error";
import { ec2Error } from "../gateway/ec2-error";

type Occasion = "throttle" | "fail" | "expire";
type Words = Readonly<Record<Occasion, readonly [code: string, status: number, message: string]>>;

/** https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/common-errors.html */
const common: Words = {
  throttle: ["ThrottlingException", 400, "Rate exceeded"],
  fail: ["InternalFailure", 500, "The request processing has failed because of an unknown error"],
  expire: ["ExpiredTokenException", 403, "The security token included in the request is expired"],
};

/** Where a service has words of its own; the API models name those of Image Builder and Systems Manager. */
const own: Readonly<Record<string, Partial<Words>>> = {
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  ec2: {
    throttle: ["RequestLimitExceeded", 503, "Request limit exceeded."],
    fail: ["InternalError", 500, "An internal error has occurred"],
    expire: ["RequestExpired", 400, "Request has expired."],
  },
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  s3: {
    throttle: ["SlowDown", 503, "Please reduce your request rate."],
    fail: ["InternalError", 500, "We encountered an internal error. Please try again."],
    expire: ["ExpiredToken", 400, "The provided token has expired."],
  },
  imagebuilder: {
    throttle: [
      "CallRateLimitExceededException",
      429,
      "You have exceeded the permitted request rate for the specific operation.",
    ],
    fail: ["ServiceException", 500, "The service encountered an unrecoverable exception."],
  },
  ssm: { fail: ["InternalServerError", 500, "An error occurred on the server side."] },
  // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html
  autoscaling: {
    throttle: ["Throttling", 400, "Rate exceeded"],
    expire: ["ExpiredToken", 403, "The security token included in the request is expired"],
  },
  elasticloadbalancing: {
    throttle: ["Throttling", 400, "Rate exceeded"],
    expire: ["ExpiredToken", 403, "The security token included in the request is expired"],
  },
};

export function errorFor(service: string, occasion: Occasion): ServiceError {
  const [code, status, message] = own[service]?.[occasion] ?? common[occasion];
  return new ServiceError(code, message, status);
}

/** An error in the form that the service's clients read. */
export function errorAnswer(
  serviceName: string,
  service: Service | undefined,
  request: HttpRequest,
  error: ServiceError,
  requestId: string,
): HttpResponse {
  if (service) return protocolOf(service.model, request).error(service.model, error, requestId);
  if (serviceName === "ec2") return ec2Error(error);
  const { code, message, status } = error;
  const xml = `<Code>${escape(code)}</Code><Message>${escape(message)}</Message>`;
  if (serviceName === "s3")
    return {
      status,
      headers: { "content-type": "application/xml" },
      body: `<?xml version="1.0" encoding="UTF-8"?><Error>${xml}<RequestId>${requestId}</RequestId></Error>`,
    };
  if (/x-www-form-urlencoded/.test(request.headers["content-type"] ?? ""))
    return {
      status,
      headers: { "content-type": "text/xml" },
      body: `<ErrorResponse><Error>${xml}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    };
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-errortype": code },
    body: JSON.stringify({ __type: code, message }),
  };
}
