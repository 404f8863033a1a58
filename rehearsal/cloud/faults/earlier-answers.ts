import { type HttpRequest, type HttpResponse, protocolOf } from "../api/protocol";
import { formOf } from "../api/protocol-query";
import type { Service } from "../api/service";
import { ServiceError } from "../api/service-error";
import { errorAnswer } from "./fault-errors";

/** Reads that are remembered; the ones that were not asked for longest are forgotten. */
const remembered = 2000;

/** Services whose reads see every write before them. https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel */
const consistent = new Set(["s3", "codecommit", "codepipeline", "lambda", "iam", "sts"]);

interface Answer extends HttpResponse {
  readonly time: number;
}

export interface Read {
  readonly serviceName: string;
  readonly service: Service | undefined;
  readonly operation: string;
  readonly request: HttpRequest;
  readonly requestId: string;
}

/**
 * What the reads of one client answered before, so that one can be answered as if the last write had not arrived yet.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export class EarlierAnswers {
  /** The last two answers that differ, the newer one last. */
  private readonly answers = new Map<string, Answer[]>();

  remember(read: Read, answer: HttpResponse): void {
    if (!isEventual(read)) return;
    const key = keyOf(read);
    const known = this.answers.get(key) ?? [];
    this.answers.delete(key);
    const time = performance.now();
    this.answers.set(key, [
      ...known.filter((one) => !sameAnswer(one, answer)).slice(-1),
      { ...answer, time },
    ]);
    const [oldest] = this.answers.keys();
    if (this.answers.size > remembered) this.answers.delete(oldest!);
  }

  /**
   * To be called before the read is carried out. Then the truth tells what came before the last write: the last answer
   * since that time which differs, or, for something that the client has not asked for before, that it does not exist. Undefined
   * when there is none.
   * @param since what was known earlier has settled
   */
  recall(read: Read, since: number): (truth: HttpResponse) => HttpResponse | undefined {
    if (!isEventual(read)) return () => undefined;
    const known = this.answers.get(keyOf(read));
    return (truth) => {
      if (!known) return truth.status < 400 ? notFound(read) : undefined;
      return known.filter((one) => one.time >= since && !sameAnswer(one, truth)).at(-1);
    };
  }
}

function isEventual({ serviceName, operation }: Read): boolean {
  return !consistent.has(serviceName) && /^(Get|Describe|List)/.test(operation);
}

function keyOf({ serviceName, operation, request }: Read): string {
  const { pathname, searchParams } = request.url;
  return [serviceName, operation, pathname, [...searchParams].sort().join("&"), request.body].join("\n");
}

function sameAnswer(one: HttpResponse, other: HttpResponse): boolean {
  return one.status === other.status && content(one) === content(other);
}

/** Without the request's id, which is never the same. */
function content({ body }: HttpResponse): string {
  return body
    .toString()
    .replace(/<(requestId)>[^<]*/gi, "")
    .replace(/"requestId":"[^"]*"/g, "");
}

/** How a service tells that it does not know something that was made just now. */
function notFound(read: Read): HttpResponse | undefined {
  const { serviceName, service, operation, request, requestId } = read;
  const refuse = (code: string, message: string, status = 400): HttpResponse =>
    errorAnswer(serviceName, service, request, new ServiceError(code, message, status), requestId);
  if (serviceName === "imagebuilder" && operation.startsWith("Get"))
    return refuse("ResourceNotFoundException", "The resource cannot be found.", 404);
  if (serviceName === "autoscaling" && operation === "DescribeInstanceRefreshes" && service)
    return protocolOf(service.model, request).output(
      service.model,
      operation,
      { InstanceRefreshes: [] },
      requestId,
    );
  if (serviceName !== "ec2") return undefined;
  const form = formOf(request.url, request.body);
  const image = form.get("ImageId.1");
  if (operation === "DescribeImages" && image)
    return refuse("InvalidAMIID.NotFound", `The image id '[${image}]' does not exist`);
  const version = form.get("LaunchTemplateVersion.1");
  if (operation === "DescribeLaunchTemplateVersions" && version)
    return refuse(
      "InvalidLaunchTemplateId.VersionNotFound",
      `Could not find launch template version ${version}`,
    );
  return undefined;
}
