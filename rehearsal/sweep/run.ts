import {
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  RetryStageExecutionCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { setTimeout as pause } from "node:timers/promises";
import type { Lab } from "./lab";
import type { RunEnd, Subject, Trial } from "./subject";

/** One run of a subject, which may be tried again. */
export interface Run {
  end(): Promise<RunEnd>;
  /** As a person or Terraform would, after a failure. */
  retry(): Promise<RunEnd>;
  /** Ends the execution without waiting for the function. */
  abandon(): Promise<void>;
}

const patienceMilliseconds = 120_000;

export async function startRun(lab: Lab, subject: Subject, trial: Trial): Promise<Run> {
  const { event, variables = {} } = trial;
  return event ? new Invocation(lab, subject.name, event) : PipelineRun.start(lab, subject, variables);
}

class PipelineRun implements Run {
  private constructor(
    private readonly lab: Lab,
    private readonly pipeline: string,
    private readonly executionId: string,
  ) {}

  static async start(lab: Lab, { name }: Subject, variables: object): Promise<PipelineRun> {
    const pipeline = `sweep-${name}`;
    const given = Object.entries(variables).map(([variable, value]) => ({ name: variable, value }));
    const { pipelineExecutionId } = await lab.pipelines.send(
      new StartPipelineExecutionCommand({
        name: pipeline,
        ...(given.length > 0 ? { variables: given } : {}),
      }),
    );
    return new PipelineRun(lab, pipeline, pipelineExecutionId!);
  }

  async end(): Promise<RunEnd> {
    const { executionId } = this;
    const until = Date.now() + patienceMilliseconds;
    for (;;) {
      const { pipelineExecution } = await this.lab.pipelines.send(
        new GetPipelineExecutionCommand({ pipelineName: this.pipeline, pipelineExecutionId: executionId }),
      );
      const status = pipelineExecution!.status!;
      if (status !== "InProgress" && status !== "Stopping") return { status, ...(await this.action()) };
      if (Date.now() > until) {
        await this.abandon();
        return { status: "did not end", reason: "", executionId, outputs: {} };
      }
      await pause(80);
    }
  }

  async retry(): Promise<RunEnd> {
    await this.lab.pipelines.send(
      new RetryStageExecutionCommand({
        pipelineName: this.pipeline,
        pipelineExecutionId: this.executionId,
        stageName: "Invoke",
        retryMode: "FAILED_ACTIONS",
      }),
    );
    return this.end();
  }

  async abandon(): Promise<void> {
    await this.lab.pipelines.send(
      new StopPipelineExecutionCommand({
        pipelineName: this.pipeline,
        pipelineExecutionId: this.executionId,
        abandon: true,
      }),
    );
  }

  private async action(): Promise<Omit<RunEnd, "status">> {
    const { executionId } = this;
    const { actionExecutionDetails } = await this.lab.pipelines.send(
      new ListActionExecutionsCommand({
        pipelineName: this.pipeline,
        filter: { pipelineExecutionId: executionId },
      }),
    );
    const [newest] = actionExecutionDetails ?? [];
    const reason = newest?.output?.executionResult?.errorDetails?.message ?? "";
    return { reason, executionId, outputs: newest?.output?.outputVariables ?? {} };
  }
}

class Invocation implements Run {
  private ending: Promise<RunEnd>;

  constructor(
    private readonly lab: Lab,
    private readonly name: string,
    private readonly event: object,
  ) {
    this.ending = this.invoke();
  }

  end(): Promise<RunEnd> {
    return this.ending;
  }

  retry(): Promise<RunEnd> {
    return (this.ending = this.invoke());
  }

  async abandon(): Promise<void> {
    throw new Error("nobody can take back an invocation");
  }

  private async invoke(): Promise<RunEnd> {
    const { FunctionError, Payload } = await this.lab.lambda.send(
      new InvokeCommand({
        FunctionName: `sweep-${this.name}`,
        Payload: Buffer.from(JSON.stringify(this.event)),
      }),
    );
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString() || "{}") as { errorMessage?: string };
    const reason = FunctionError ? (answer.errorMessage ?? FunctionError) : "";
    return { status: FunctionError ? "Failed" : "Succeeded", reason, executionId: "", outputs: {} };
  }
}
