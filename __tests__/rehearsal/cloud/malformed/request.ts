/** How a service writes its errors; `http`: the request is not even HTTP, or names no service. */
export type ErrorForm = "json" | "rest-json" | "query" | "s3" | "ec2" | "git" | "http";

/** One request that no service can carry out. */
export interface MalformedRequest {
  /** For the message of a failing test. */
  readonly kind: string;
  readonly form: ErrorForm;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What is sent as it stands, and how the sender ends: says no more, hangs up, or just stays. */
export interface MalformedBytes {
  readonly kind: string;
  readonly bytes: Buffer;
  readonly end: "finish" | "reset" | "stay";
}

export const accountId = "111122223333";

/** A signature as the account itself would send it: nobody checks it, so that the rest of the request is looked at. */
export function signedFor(service: string, key = accountId): Record<string, string> {
  return {
    authorization:
      `AWS4-HMAC-SHA256 Credential=${key}/20261124/eu-west-1/${service}/aws4_request, ` +
      `SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`,
    "x-amz-date": "20261124T120000Z",
  };
}
