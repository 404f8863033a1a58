import type { HttpRequest, HttpResponse } from "../api/protocol";
import { ServiceError } from "../api/service-error";
import type { ImageBuilder } from "./imagebuilder";

export const lifecycleRunPath = "/_local/lifecycle-policy-runs";

/**
 * Answers `POST /_local/lifecycle-policy-runs?policy=<arn>[&at=<time>]`, which AWS has no counterpart for: there,
 * policies run on a schedule of the service's own. `at` runs the policy as it would run at that time.
 */
export async function runLifecyclePolicy(
  imageBuilder: ImageBuilder,
  { method, url }: HttpRequest,
): Promise<HttpResponse> {
  if (method !== "POST") return answer(405, { message: "only POST runs a lifecycle policy" });
  const policy = url.searchParams.get("policy");
  const at = url.searchParams.get("at");
  const moment = at === null ? new Date() : new Date(at);
  if (!policy) return answer(400, { message: "policy=<ARN of a lifecycle policy> is missing" });
  if (Number.isNaN(moment.getTime())) return answer(400, { message: `at=${at} is no time` });
  try {
    return answer(200, { lifecycleExecutionId: imageBuilder.runLifecyclePolicy(policy, moment) });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return answer(error.status, { message: error.message });
  }
}

const answer = (status: number, body: object): HttpResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
