import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { HttpRequest } from "../api/protocol";

/** What a signed request says about who signed it and for what. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Reads the credential scope of the Authorization header or of a presigned URL; undefined for an unsigned request. */
export function credentialScope(
  headers: Readonly<Record<string, string>>,
  url: URL,
): CredentialScope | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1] ?? url.searchParams.get("X-Amz-Credential");
  const [accessKeyId, date, region, service] = (credential ?? "").split("/");
  return accessKeyId && date && region && service ? { accessKeyId, date, region, service } : undefined;
}

/**
 * Does the signature in the Authorization header fit the request?
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureFits(
  request: HttpRequest,
  scope: CredentialScope,
  secretAccessKey: string,
): boolean {
  const authorization = request.headers.authorization ?? "";
  const signedHeaders = /SignedHeaders=([^,\s]+)/.exec(authorization)?.[1];
  const signature = /Signature=([0-9a-f]{64})/.exec(authorization)?.[1];
  const time = request.headers["x-amz-date"];
  if (!signedHeaders || !signature || !time) return false;
  const bodyHash = request.headers["x-amz-content-sha256"] ?? sha256(request.body);
  if (/^[0-9a-f]{64}$/.test(bodyHash) && bodyHash !== sha256(request.body)) return false;
  const canonicalHeaders = signedHeaders
    .split(";")
    .map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}\n`)
    .join("");
  const canonicalRequest = [
    request.method,
    canonicalPath(request.url.pathname),
    canonicalQuery(request.url),
    canonicalHeaders,
    signedHeaders,
    bodyHash,
  ].join("\n");
  const scopeText = [scope.date, scope.region, scope.service, "aws4_request"].join("/");
  const toSign = ["AWS4-HMAC-SHA256", time, scopeText, sha256(canonicalRequest)].join("\n");
  const expected = createHmac("sha256", signingKey(secretAccessKey, scope)).update(toSign).digest();
  return timingSafeEqual(expected, Buffer.from(signature, "hex"));
}

export function signingKey(secretAccessKey: string, scope: Omit<CredentialScope, "accessKeyId">): Buffer {
  return [scope.date, scope.region, scope.service, "aws4_request"].reduce<Buffer>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
}

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

/** Services other than S3 sign the path encoded twice. */
const canonicalPath = (pathname: string): string => pathname.split("/").map(encode).join("/");

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
