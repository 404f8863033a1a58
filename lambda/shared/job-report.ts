import {
  CodePipelineClient,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
  type ExecutionDetails,
} from "@aws-sdk/client-codepipeline";
import type { ActionFailure } from "./action-failure";
import { clientOptions } from "./clients";
import { hasName, reasonOf } from "./errors";

/** Lengths that CodePipeline takes. */
const limits = { message: 5000, summary: 2048, externalExecutionId: 1500 } as const;

export interface Progress {
  readonly summary: string;
  readonly externalExecutionId?: string;
  readonly percentComplete?: number;
}

const codePipeline = new CodePipelineClient(clientOptions);

/** Answers a job. An error of these calls fails the invocation, and Lambda delivers the job again. */
export class JobReport {
  constructor(private readonly jobId: string) {}

  async complete(outputVariables: Readonly<Record<string, string>>, progress: Progress): Promise<void> {
    const executionDetails = details(progress);
    await this.answer(() =>
      codePipeline.send(
        new PutJobSuccessResultCommand({
          jobId: this.jobId,
          outputVariables: { ...outputVariables },
          executionDetails,
        }),
      ),
    );
  }

  /** CodePipeline invokes the function again later, with the token. It takes no output variables beside a token. */
  async wait(continuationToken: string, progress: Progress): Promise<void> {
    const executionDetails = details(progress);
    await this.answer(() =>
      codePipeline.send(
        new PutJobSuccessResultCommand({ jobId: this.jobId, continuationToken, executionDetails }),
      ),
    );
  }

  async fail({ type, message, externalExecutionId }: ActionFailure): Promise<void> {
    const failureDetails = {
      type,
      message: cut(message || "no reason was given", limits.message),
      externalExecutionId: externalExecutionId && cut(externalExecutionId, limits.externalExecutionId),
    };
    await this.answer(() =>
      codePipeline.send(new PutJobFailureResultCommand({ jobId: this.jobId, failureDetails })),
    );
  }

  /** A job that was delivered twice has its answer already, and keeps it; nobody waits for one that came too late. */
  private async answer(send: () => Promise<unknown>): Promise<void> {
    try {
      await send();
    } catch (error) {
      if (!hasName(error, "InvalidJobStateException", "JobNotFoundException")) throw error;
      console.log(`job ${this.jobId} takes no answer any more: ${reasonOf(error)}`);
    }
  }
}

function details({ summary, externalExecutionId, percentComplete }: Progress): ExecutionDetails {
  return {
    summary: cut(summary.replace(/\s+/g, " "), limits.summary),
    externalExecutionId: externalExecutionId && cut(externalExecutionId, limits.externalExecutionId),
    percentComplete,
  };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
