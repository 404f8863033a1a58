import type { ApiModel } from "./model";

/** Who calls, as STS would answer GetCallerIdentity for the credentials that signed the request. */
export interface Caller {
  readonly accountId: string;
  /** `arn:aws:iam::…:root`, `arn:aws:iam::…:user/…` or `arn:aws:sts::…:assumed-role/…/…` */
  readonly arn: string;
  readonly accessKeyId: string;
}

/** One request, as a handler sees it. */
export interface Call {
  readonly caller: Caller;
  readonly region: string;
  readonly requestId: string;
}

/** What a call must be allowed to do before it runs; several where AWS asks for several. */
export interface Permission {
  /** `service:Operation` */
  readonly action: string;
  readonly resource: string;
  /** condition keys and their values, e.g. `iam:PassedToService` */
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** One operation of a service: what it needs to be allowed, and what it does. */
export interface Operation<Input, Output> {
  permissions(input: Input, call: Call): readonly Permission[] | Promise<readonly Permission[]>;
  run(input: Input, call: Call): Output | Promise<Output>;
}

/**
 * A service of the gateway's own: an API model and the operations of it that are served. Every other operation of
 * the model is answered with the service's own error for an unknown operation.
 */
export interface Service {
  /** The service's name in IAM actions and in the signature's credential scope. */
  readonly name: string;
  readonly model: ApiModel;
  /**
   * Handlers return the records that the service keeps, and the output shapes pick from them.
   * @default false: a member that the output shape does not have is a mistake
   */
  readonly answersWithRecords?: boolean;
  // handlers differ in their types; the model has checked the input before one is called
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly operations: Readonly<Record<string, Operation<any, any>>>;
}
