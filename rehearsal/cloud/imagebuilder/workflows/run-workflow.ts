import { BakeFailure } from "../bake/bake-failure";
import type { Fields } from "../document-fields";
import { isMet } from "./workflow-conditions";
import type { WorkflowDocument } from "./workflow-document";
import { end, startStep, type StepExecution, type WorkflowExecution } from "./workflow-executions";
import { resolveFields, resolveValue, UnknownReference, type WorkflowScope } from "./workflow-values";

/** Carries out the actions of steps. */
export interface StepHost {
  /** @throws BakeFailure, or whatever the signal is aborted with */
  act(step: StepExecution, inputs: Fields, signal: AbortSignal): Promise<Fields>;
  /** Takes back what a step has done, where its action can be taken back. @returns false where it can't */
  rollBack(step: StepExecution): Promise<boolean>;
}

export interface WorkflowRun {
  readonly document: WorkflowDocument;
  readonly execution: WorkflowExecution;
  readonly scope: Omit<WorkflowScope, "stepOutputs">;
  readonly host: StepHost;
  readonly signal: AbortSignal;
}

/**
 * Runs the steps of a workflow in order; a failure that aborts rolls the steps back in reverse order.
 * @returns its outputs @throws BakeFailure that names the failed step
 */
export async function runWorkflow(run: WorkflowRun): Promise<Fields> {
  const { document, execution, signal } = run;
  const stepOutputs = new Map<string, Fields>();
  const scope: WorkflowScope = { ...run.scope, stepOutputs };
  try {
    for (const step of document.steps) {
      signal.throwIfAborted();
      const record = startStep(execution, step);
      try {
        const outputs = await runStep(run, record, scope);
        stepOutputs.set(step.name, outputs);
      } catch (error) {
        if (signal.aborted || step.onFailure === "Abort") throw error;
      }
    }
    const outputs = document.outputs.map(({ name, value }) => [name, resolveOutput(value, scope)] as const);
    end(execution, "COMPLETED");
    return Object.fromEntries(outputs);
  } catch (error) {
    await rollBack(run, scope);
    if (signal.aborted) end(execution, "CANCELLED");
    else end(execution, rolledBack(execution) ? "ROLLBACK_COMPLETED" : "FAILED", messageOf(error));
    throw error;
  }
}

async function runStep(run: WorkflowRun, record: StepExecution, scope: WorkflowScope): Promise<Fields> {
  const { step } = record;
  const limit = AbortSignal.timeout(step.timeoutSeconds * 1000);
  try {
    if (!isMet(step.condition, scope)) {
      end(record, "SKIPPED", "The step's condition is not met.");
      return {};
    }
    const inputs = resolveFields(step.inputs, scope);
    record.inputs = JSON.stringify(inputs);
    const outputs = await run.host.act(record, inputs, AbortSignal.any([run.signal, limit]));
    record.outputs = JSON.stringify(outputs);
    end(record, "COMPLETED");
    return outputs;
  } catch (error) {
    const failure = failureOf(error, record, limit);
    if (run.signal.aborted) end(record, "CANCELLED");
    else end(record, "FAILED", failure.message);
    throw run.signal.aborted ? error : failure;
  }
}

/** What went wrong in the document or on the machine fails the step; what went wrong in the gateway is passed on. */
function failureOf(error: unknown, { step, execution }: StepExecution, limit: AbortSignal): Error {
  const place = { step: step.name, workflowArn: execution.workflowArn, executionId: execution.id };
  if (error instanceof BakeFailure) return new BakeFailure(error.message, place, error.component);
  if (limit.aborted)
    return new BakeFailure(`Step ${step.name} timed out after ${step.timeoutSeconds} seconds`, place);
  if (error instanceof UnknownReference) return new BakeFailure(`Step ${step.name}: ${error.message}`, place);
  return error as Error;
}

/** From the failed step backwards, every step that allows it. */
async function rollBack({ execution, host }: WorkflowRun, scope: WorkflowScope): Promise<void> {
  execution.status = "ROLLBACK_IN_PROGRESS";
  for (const record of [...execution.steps].reverse()) {
    if (record.status === "SKIPPED") continue;
    try {
      if (resolveValue(record.step.rollbackEnabled, scope) === false) continue;
      record.rollbackStatus = (await host.rollBack(record)) ? "COMPLETED" : "SKIPPED";
    } catch {
      record.rollbackStatus = "FAILED";
    }
  }
}

const rolledBack = ({ steps }: WorkflowExecution): boolean =>
  steps.some(({ rollbackStatus }) => rollbackStatus === "COMPLETED");

/** A step that was skipped has put nothing out. */
function resolveOutput(value: string, scope: WorkflowScope): unknown {
  try {
    return resolveValue(value, scope);
  } catch (error) {
    if (error instanceof UnknownReference) return undefined;
    throw error;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
