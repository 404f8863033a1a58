import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Caller } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { Callers } from "./callers";
import { signingKey } from "./signature";

/**
 * Who pushes or fetches, with the user name and password that IAM makes for git, or by a signature: the AWS CLI's
 * credential helper puts the access key id (and `%` and a session token) in the place of the user name, and a time stamp
 * and a SigV4 signature of `GIT <path>` in that of the password.
 * https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-gc.html
 * https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-https-unixes.html
 * @throws ServiceError when there are no credentials, or wrong ones
 */
export async function gitCaller(request: IncomingMessage, callers: Callers, region: string): Promise<Caller> {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (!basic)
    throw new ServiceError(
      "Unauthorized",
      "git needs credentials: those that IAM makes for git, or the AWS CLI's credential helper",
      401,
    );
  const text = Buffer.from(basic, "base64").toString("utf8");
  const separator = text.indexOf(":");
  const [userName, password] = [text.slice(0, separator), text.slice(separator + 1)];
  if (/-at-\d{12}$/.test(userName)) return staticCaller(userName, password, callers);
  const [accessKeyId, sessionToken = ""] = userName.split("%");
  const { secretAccessKey, ...caller } = await callers.resolve(accessKeyId!, sessionToken);
  if (!caller.arn.endsWith(":root") && !fits(request, password, secretAccessKey, region))
    throw new ServiceError(
      "InvalidSignatureException",
      "the signature in the git password does not fit",
      403,
    );
  return caller;
}

async function staticCaller(userName: string, given: string, callers: Callers): Promise<Caller> {
  const { caller, password } = await callers.gitUser(userName);
  const [one, other] = [given, password].map((text) => createHash("sha256").update(text).digest());
  if (!timingSafeEqual(one!, other!))
    throw new ServiceError("AccessDeniedException", "the git password does not fit", 403);
  return caller;
}

function fits(request: IncomingMessage, password: string, secretAccessKey: string, region: string): boolean {
  const [, timestamp, signature] = /^(\d{8}T\d{6})Z([0-9a-f]{64})$/.exec(password) ?? [];
  const repository = /^\/v1\/repos\/[^/]+/.exec(request.url ?? "")?.[0];
  if (!timestamp || !signature || !repository || !isFresh(timestamp)) return false;
  const host = (request.headers.host ?? "").split(":")[0];
  const canonicalRequest = `GIT\n${repository}\n\nhost:${host}\n\nhost\n`;
  const scope = { date: timestamp.slice(0, 8), region, service: "codecommit" };
  const hashed = createHash("sha256").update(canonicalRequest).digest("hex");
  const toSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope.date}/${region}/codecommit/aws4_request\n${hashed}`;
  const expected = createHmac("sha256", signingKey(secretAccessKey, scope)).update(toSign).digest();
  return timingSafeEqual(expected, Buffer.from(signature, "hex"));
}

/** A signature is good for a quarter of an hour, as every other. */
function isFresh(timestamp: string): boolean {
  const signed = Date.parse(timestamp.replace(/^(....)(..)(..T..)(..)(..)$/, "$1-$2-$3:$4:$5Z"));
  return Math.abs(Date.now() - signed) <= 15 * 60_000;
}
