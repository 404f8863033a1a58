import type { ApiModel, Shape } from "./model";
import type { Service } from "./service";
import { ServiceError } from "./service-error";
import { answerViolations } from "./validate";

/** The gateway answered otherwise than the API model says: a mistake of ours, never the client's. */
export class Defect extends Error {
  constructor(service: string, operation: string, found: readonly string[]) {
    super(`the answer of ${service}:${operation} does not fit the API model: ${found.join("; ")}`);
    this.name = "Defect";
  }
}

/** @throws Defect when an operation's answer does not fit its output shape */
export function checkAnswer(service: Service, operation: string, answer: unknown): void {
  const { output } = service.model.operations[operation]!;
  const found = output
    ? answerViolations(service.model, output, answer ?? {}, service.answersWithRecords)
    : [];
  if (found.length > 0) throw new Defect(service.name, operation, found);
}

/**
 * An error as the operation may answer with it: with the status that the model gives it.
 * @throws Defect when the operation does not declare the error, or the error's shape lacks one of its members
 */
export function checkedError(service: Service, operation: string, error: ServiceError): ServiceError {
  const shape = declaredError(service.model, operation, error.code);
  const allowed = commonErrors.has(error.code) || undeclaredErrors[service.name]?.includes(error.code);
  if (!shape && !allowed)
    throw new Defect(service.name, operation, [`${error.code} is not declared`, error.message]);
  const unknown = Object.keys(error.members).filter((name) => shape && !shape.members?.[name]);
  if (unknown.length > 0)
    throw new Defect(service.name, operation, [`${error.code} has no member ${unknown.join(", ")}`]);
  const status = shape?.error?.httpStatusCode ?? error.status;
  return status === error.status ? error : new ServiceError(error.code, error.message, status, error.members);
}

/** The error's shape where the operation declares it; its code may differ from the shape's name. */
function declaredError(model: ApiModel, operation: string, code: string): Shape | undefined {
  for (const { shape } of model.operations[operation]?.errors ?? []) {
    const found = model.shapes[shape]!;
    if ((found.error?.code ?? shape) === code) return found;
  }
  return undefined;
}

/**
 * Errors that every operation may answer with and that no model declares.
 * https://docs.aws.amazon.com/codepipeline/latest/APIReference/CommonErrors.html, and the same page of the other
 * services; the last line has those of the protocols. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
const commonErrors = new Set([
  ...["AccessDenied", "AccessDeniedException", "NotAuthorized", "OptInRequired", "ServiceUnavailable"],
  ...["IncompleteSignature", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch"],
  ...["ExpiredTokenException", "ExpiredToken", "MissingAuthenticationToken", "UnrecognizedClientException"],
  ...["InternalFailure", "RequestExpired", "ThrottlingException", "ValidationError", "ValidationException"],
  ...["InvalidParameterCombination", "InvalidParameterValue", "MissingParameter"],
  ...["InvalidAction", "SerializationException", "UnknownOperationException"],
]);

/**
 * Errors that a service answers with on AWS though its model declares them for other operations only; CloudTrail shows
 * them. https://github.com/aws-ia/terraform-aws-ec2-image-builder/issues/106
 */
const undeclaredErrors: Readonly<Record<string, readonly string[]>> = {
  imagebuilder: [
    "InvalidParameterValueException",
    "InvalidParameterCombinationException",
    // the AWS provider looks for it when it reads anything of Image Builder
    "ResourceNotFoundException",
  ],
};
