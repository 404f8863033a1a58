import { randomUUID } from "node:crypto";
import { ServiceError } from "../api/service-error";
import { ActionFailure } from "./action-failure";
import type { ActionRecord, ExecutionRecord, PipelineRecord } from "./records";

/** A job that a function works on; it has one answer. */
export interface Job {
  readonly id: string;
  readonly pipeline: PipelineRecord;
  readonly execution: ExecutionRecord;
  readonly action: ActionRecord;
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

/** A function that does not answer within 20 minutes has failed. https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const answerWithinMilliseconds = 20 * 60 * 1000;

/** Jobs that wait for PutJobSuccessResult or PutJobFailureResult. */
export class JobBoard {
  private readonly open = new Map<string, { job: Job; resolve: (result: JobResult) => void }>();
  private readonly closed = new Set<string>();

  post(pipeline: PipelineRecord, execution: ExecutionRecord, action: ActionRecord): Job {
    let resolve!: (result: JobResult) => void;
    const answered = new Promise<JobResult>((settle) => (resolve = settle));
    const job: Job = { id: randomUUID(), pipeline, execution, action, answered };
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

  async result(job: Job, abandoned: AbortSignal): Promise<JobResult> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const fail = (failure: ActionFailure): void => {
        this.close(job.id);
        reject(failure);
      };
      timer = setTimeout(
        () =>
          fail(
            new ActionFailure(
              "TimedOut",
              `The function did not report a result for job ${job.id} in 20 minutes`,
            ),
          ),
        answerWithinMilliseconds,
      );
      abandoned.addEventListener("abort", () =>
        fail(new ActionFailure("Abandoned", "The execution was stopped")),
      );
    });
    try {
      return await Promise.race([job.answered, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private close(jobId: string): void {
    this.open.delete(jobId);
    this.closed.add(jobId);
  }
}
