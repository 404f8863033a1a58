import { randomUUID } from "node:crypto";
import type { ActionTypeId, PipelineContext } from "@aws-sdk/client-codepipeline";
import { ServiceError } from "../api/service-error";
import type { Clock } from "../instances/clock";
import { ActionFailure, interruption } from "./action-failure";
import { withinTime } from "./time-limit";

/** What a function is asked to do, as GetJobDetails tells it. */
export interface JobSubject {
  /** Of an action; a rule has a type of its own. */
  readonly actionTypeId?: ActionTypeId;
  readonly configuration: Readonly<Record<string, string>>;
  readonly pipelineContext: PipelineContext;
}

/** A job that a function works on; it has one answer. */
export interface Job {
  readonly id: string;
  readonly subject: JobSubject;
  readonly answered: Promise<JobResult>;
}

export interface JobResult {
  readonly outcome: "success" | "failure";
  readonly continuationToken?: string;
  readonly outputVariables?: Readonly<Record<string, string>>;
  readonly summary?: string;
  readonly externalExecutionId?: string;
  readonly failureType?: string;
  readonly message?: string;
}

/** A function that sends no reply in this time has failed. https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const replyWithinMinutes = 20;
/** A function runs in real time: however fast the clock, it has as long to reply as one of the pipeline's may run. */
const leastMilliseconds = 60_000;

/** Jobs that wait for PutJobSuccessResult or PutJobFailureResult. */
export class JobBoard {
  private readonly open = new Map<string, { job: Job; resolve: (result: JobResult) => void }>();
  private readonly closed = new Set<string>();

  constructor(
    private readonly clock: Clock,
    /** Before a function that is not done is invoked again. */
    readonly continuationSeconds: number,
    /** @default a minute */
    private readonly leastReplyMilliseconds = leastMilliseconds,
  ) {}

  post(subject: JobSubject): Job {
    let resolve!: (result: JobResult) => void;
    const answered = new Promise<JobResult>((settle) => (resolve = settle));
    const job: Job = { id: randomUUID(), subject, answered };
    this.open.set(job.id, { job, resolve });
    return job;
  }

  /** @throws ServiceError JobNotFoundException, InvalidJobStateException */
  answer(jobId: string, result: JobResult): void {
    if (this.closed.has(jobId))
      throw new ServiceError(
        "InvalidJobStateException",
        `Job ${jobId} is not in a state that allows this operation`,
      );
    this.find(jobId);
    const { resolve } = this.open.get(jobId)!;
    this.close(jobId);
    resolve(result);
  }

  /** @throws ServiceError JobNotFoundException */
  find(jobId: string): Job {
    const entry = this.open.get(jobId);
    if (!entry) throw new ServiceError("JobNotFoundException", `Could not find job ${jobId}`);
    return entry.job;
  }

  /** @throws ActionFailure when there is no answer in time, or the signal is aborted */
  result(job: Job, signal: AbortSignal): Promise<JobResult> {
    const late = (): ActionFailure =>
      new ActionFailure(
        "TimedOut",
        `The function did not report a result for job ${job.id} in ${replyWithinMinutes} minutes`,
      );
    const milliseconds = Math.max(
      this.clock.milliseconds(replyWithinMinutes * 60),
      this.leastReplyMilliseconds,
    );
    return withinTime(milliseconds, late, signal, (limit) => {
      const interrupted = new Promise<never>((_resolve, reject) => {
        const interrupt = (): void => {
          this.close(job.id);
          reject(interruption(limit));
        };
        if (limit.aborted) interrupt();
        else limit.addEventListener("abort", interrupt, { once: true });
      });
      return Promise.race([job.answered, interrupted]);
    });
  }

  private close(jobId: string): void {
    this.open.delete(jobId);
    this.closed.add(jobId);
  }
}
