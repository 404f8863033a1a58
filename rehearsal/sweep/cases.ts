import type { FaultRule, ObservedCall } from "../cloud/faults/fault";

/** One way in which a run goes wrong. */
export interface Case {
  /** `throttle GetImage (2) after StartImagePipelineExecution` */
  readonly name: string;
  readonly rules: readonly FaultRule[];
  /** What is done when the first rule has been met. */
  readonly then?: "kill" | "abandon" | "renew";
  /** A read may show the last write already: then there is nothing to meet. */
  readonly optional?: boolean;
  /** The run may fail, with a reason that fits; after that it has to succeed when it is tried again. */
  readonly mayFail?: RegExp;
}

interface Position extends ObservedCall {
  readonly after?: string;
  readonly nth: number;
}

const isRead = ({ operation }: ObservedCall): boolean => /^(Get|Describe|List)/.test(operation);
const isAnswer = ({ operation }: ObservedCall): boolean => /^PutJob/.test(operation);
const isInvoke = ({ service }: ObservedCall): boolean => service === "lambda";
const isWrite = (call: ObservedCall): boolean => !isRead(call) && !isAnswer(call) && !isInvoke(call);

/** Faults that a client meets in the same way, whatever situation its function is in. */
export const isGeneric = ({ rules }: Case): boolean =>
  rules.length === 1 && ["throttle", "fail", "drop", "expire"].includes(rules[0]!.kind);

/** Every call of a good run, and every fault that it may meet; for the job itself, what may happen to its delivery. */
export function casesOf(calls: readonly ObservedCall[]): Case[] {
  const own = calls.filter((call) => !isInvoke(call));
  const positions = positionsOf(own);
  const delivered = calls.some(isInvoke);
  return [
    ...positions.flatMap((position) => [
      one("throttle", position),
      one("fail", position),
      one("drop", position),
      { ...one("expire", position), mayFail: /expired/i, then: "renew" } as const,
      { ...one("hold", position), mayFail: /worker|process|exited/i, then: "kill" } as const,
      ...(isRead(position) ? [{ ...one("stale", position), optional: true }] : []),
    ]),
    ...secondLooks(own),
    ...(delivered ? deliveries : []),
  ];
}

/** A job that comes twice or late. */
const deliveries: readonly Case[] = [
  { name: "delivered twice at once", rules: [invocation({ kind: "repeat", afterMilliseconds: 0 })] },
  { name: "delivered twice, a moment later", rules: [invocation({ kind: "repeat", afterMilliseconds: 60 })] },
  {
    name: "delivered again when it was done",
    rules: [invocation({ kind: "repeat", afterMilliseconds: 800 })],
  },
  {
    name: "delivered after the execution was stopped",
    rules: [invocation({ kind: "delay", afterMilliseconds: 200 })],
    then: "abandon",
  },
  {
    name: "delivered when CodePipeline has forgotten the job",
    rules: [
      invocation({ kind: "delay", afterMilliseconds: 200 }),
      ...["PutJobSuccessResult", "PutJobFailureResult"].map((operation): FaultRule => ({
        kind: "refuse",
        service: "codepipeline",
        operation,
        code: "JobNotFoundException",
        message: "The job was specified in an invalid format or cannot be found.",
        status: 400,
      })),
    ],
    then: "abandon",
  },
];

function invocation(fault: FaultRule): FaultRule {
  return { ...fault, service: "lambda", operation: "Invoke" };
}

function one(kind: "throttle" | "fail" | "drop" | "expire" | "hold" | "stale", position: Position): Case {
  return { name: `${kind} ${nameOf(position)}`, rules: [{ kind, ...position }] };
}

/** After each write the process dies, and when the job comes again no read sees that write. */
function secondLooks(calls: readonly ObservedCall[]): Case[] {
  const reads = [...new Set(calls.filter(isRead).map(({ operation }) => operation))];
  return positionsOf(calls)
    .filter(isWrite)
    .map((write) => ({
      name: `hold ${nameOf(write)}, then stale reads`,
      rules: [
        { kind: "hold", ...write } as const,
        ...reads.map((operation) => ({ kind: "stale", operation, after: write.operation }) as const),
      ],
      then: "kill" as const,
      optional: true,
      mayFail: /worker|process|exited/i,
    }));
}

/** Where each call stands: counted from the last write before it, since how often a state is looked at is chance. */
function positionsOf(calls: readonly ObservedCall[]): Position[] {
  const found = new Map<string, Position>();
  const written = new Set<string>();
  let after: string | undefined;
  let counts = new Map<string, number>();
  for (const call of calls) {
    const { service, operation } = call;
    const nth = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, nth);
    const position = { service, operation, ...(after ? { after } : {}), nth };
    // a call that is made again and again, until something has ended, is taken once
    if (nth === 1) found.set(nameOf(position), position);
    if (!isWrite(call) || written.has(operation)) continue;
    written.add(operation);
    after = operation;
    counts = new Map();
  }
  return [...found.values()];
}

function nameOf({ operation, after }: Position): string {
  return `${operation}${after ? ` after ${after}` : ""}`;
}
