/** Something that goes wrong with one call, as it does on AWS. */
export type Fault =
  /** The service's own error for too many requests; the call is not carried out. */
  | { readonly kind: "throttle" }
  /** The service's own error of status 500; the call is not carried out. */
  | { readonly kind: "fail" }
  /** The caller's credentials have expired: this and every later call with the same access key is refused. */
  | { readonly kind: "expire" }
  /** Any other error; the call is not carried out. */
  | { readonly kind: "refuse"; readonly code: string; readonly message: string; readonly status: number }
  /** The call is carried out, and the connection breaks before the answer. */
  | { readonly kind: "drop" }
  /** The call is carried out, and the answer never comes. */
  | { readonly kind: "hold" }
  /** A read that does not see the last write. */
  | { readonly kind: "stale" }
  /** The call is carried out, and once more after a while. */
  | { readonly kind: "repeat"; readonly afterMilliseconds: number }
  /** The call is answered as accepted at once, and carried out after a while. For asynchronous invocations. */
  | { readonly kind: "delay"; readonly afterMilliseconds: number };

export type FaultKind = Fault["kind"];

/** Which call meets which fault. */
export type FaultRule = Fault & {
  /** As in IAM: `ssm`, `imagebuilder`. @default every service */
  readonly service?: string;
  /** `PutParameter` @default every operation */
  readonly operation?: string;
  /** Calls count from the first one of this operation on, which does not count itself. @default from the beginning */
  readonly after?: string;
  /** Of the calls that fit, counted from 1. @default 1 */
  readonly nth?: number;
};

/** What one client is to meet. */
export interface FaultPlan {
  /** Parts of the ARN that its calls come from, such as `:assumed-role/hello-world-version/`. */
  readonly principals: readonly string[];
  readonly rules: readonly FaultRule[];
}

/** One call of that client, in the order of arrival. */
export interface ObservedCall {
  readonly service: string;
  readonly operation: string;
  /** HTTP status of the answer; undefined while there is none, and for good when the connection broke. */
  status?: number;
}

/** What has happened under a plan. */
export interface FaultReport {
  readonly calls: readonly ObservedCall[];
  /** For each rule whether a call has met it; a stale read has to differ from the truth. */
  readonly met: readonly boolean[];
}
