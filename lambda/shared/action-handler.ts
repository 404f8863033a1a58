import type { ActionFunction, EnvironmentOf, OutputsOf, ParametersOf } from "../../contract/functions";
import { decodeContinuation, encodeContinuation, type Continuation } from "./continuation";
import { asActionFailure, isTransient, reasonOf } from "./errors";
import { jobId, parseJob, type Job } from "./job";
import { JobReport, type Progress } from "./job-report";
import { readEnvironment, readParameters } from "./settings";
import type { Attempt } from "./client-token";

/** An action's request, validated against the contract. */
export interface Request<F extends ActionFunction, State extends string = never> {
  readonly environment: EnvironmentOf<F>;
  readonly parameters: ParametersOf<F>;
  readonly job: Job;
  readonly attempt: Attempt;
  /** Undefined in the first invocation of an action. */
  readonly state?: Readonly<Record<State, string>>;
}

/** Either the action is done, or it waits: CodePipeline invokes it again with this state. */
export type Result<F extends ActionFunction, State extends string = never> = Progress &
  ({ readonly outputs: OutputsOf<F> } | { readonly state: Readonly<Record<State, string>> });

export interface Action<F extends ActionFunction, State extends string> {
  readonly definition: F;
  /** What the continuation token carries. */
  readonly stateFields: readonly State[];
  readonly run: (request: Request<F, State>) => Promise<Result<F, State>>;
}

/** Checks in a row that may fail for a passing reason before a wait is given up. */
const allowedMisses = 10;

/**
 * Makes the handler of an action: it parses the job, runs the action and reports its end, in every case. Only when
 * CodePipeline can't be told does the invocation itself fail, and Lambda delivers the job again, with the same id.
 */
export function actionHandler<F extends ActionFunction, State extends string>(
  action: Action<F, State>,
): (event: unknown) => Promise<void> {
  const { definition } = action;
  return async (event) => {
    const report = new JobReport(jobId(event));
    let waiting: Waiting<State> | undefined;
    let result: Result<F, State>;
    try {
      const job = parseJob(event);
      const environment = readEnvironment(definition);
      const parameters = readParameters(definition, job.userParameters);
      const executionId: string = (parameters as Readonly<Record<string, string>>).ExecutionId ?? "";
      waiting = { executionId, continuation: continuationOf(action, job, executionId) };
      const attempt = { executionId, functionName: definition.name, jobId: job.id };
      result = await action.run({
        environment,
        parameters,
        job,
        attempt,
        state: waiting.continuation?.state,
      });
    } catch (error) {
      console.error(`${definition.name} failed: ${reasonOf(error)}`);
      if (await waitThrough(definition.name, waiting, error, report)) return;
      return report.fail(asActionFailure(error));
    }
    console.log(`${definition.name}: ${result.summary}`);
    if ("outputs" in result) return report.complete(result.outputs, result);
    const token = encodeContinuation(definition.name, waiting.executionId, {
      state: result.state,
      misses: 0,
    });
    return report.wait(token, result);
  };
}

interface Waiting<State extends string> {
  readonly executionId: string;
  readonly continuation?: Continuation<State>;
}

function continuationOf<F extends ActionFunction, State extends string>(
  { definition, stateFields }: Action<F, State>,
  { continuationToken }: Job,
  executionId: string,
): Continuation<State> | undefined {
  if (continuationToken === undefined) return undefined;
  return decodeContinuation(continuationToken, definition.name, executionId, stateFields);
}

/** What is waited for goes on while one check of it fails: a bake of half an hour is not given up for a throttled call. */
async function waitThrough<State extends string>(
  functionName: string,
  waiting: Waiting<State> | undefined,
  error: unknown,
  report: JobReport,
): Promise<boolean> {
  if (!waiting?.continuation || !isTransient(error)) return false;
  const { state, misses } = waiting.continuation;
  if (misses >= allowedMisses) return false;
  const token = encodeContinuation(functionName, waiting.executionId, { state, misses: misses + 1 });
  await report.wait(token, { summary: `check failed, trying again: ${reasonOf(error)}` });
  return true;
}
