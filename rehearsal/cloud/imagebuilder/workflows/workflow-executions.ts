import { randomUUID } from "node:crypto";
import type { WorkflowStepActionType } from "@aws-sdk/client-imagebuilder";
import { notFound } from "../resources";
import type { WorkflowStep, WorkflowType } from "./workflow-document";

/** The API keeps that much of a message. */
const longestMessage = 500;

export interface StepExecution {
  readonly id: string;
  readonly execution: WorkflowExecution;
  readonly step: WorkflowStep;
  readonly startTime: string;
  endTime?: string;
  status: "RUNNING" | "SKIPPED" | "COMPLETED" | "FAILED" | "CANCELLED";
  rollbackStatus?: "RUNNING" | "COMPLETED" | "SKIPPED" | "FAILED";
  message?: string;
  /** JSON */
  inputs?: string;
  /** JSON */
  outputs?: string;
  /** Set while the step waits for an action. */
  answer?: (action: WorkflowStepActionType, reason: string | undefined) => void;
}

/** One run of a workflow for an image; it tells what really happened. */
export interface WorkflowExecution {
  readonly id: string;
  readonly imageArn: string;
  readonly workflowArn: string;
  readonly type: WorkflowType;
  readonly parallelGroup: string | undefined;
  readonly startTime: string;
  endTime?: string;
  status: "RUNNING" | "COMPLETED" | "FAILED" | "ROLLBACK_IN_PROGRESS" | "ROLLBACK_COMPLETED" | "CANCELLED";
  message?: string;
  readonly stepCount: number;
  readonly steps: StepExecution[];
}

export class WorkflowExecutions {
  private readonly byId = new Map<string, WorkflowExecution>();

  /** @param prefix of ARNs, for what is not found */
  constructor(private readonly prefix: string) {}

  start(
    settings: Pick<WorkflowExecution, "imageArn" | "workflowArn" | "type" | "parallelGroup" | "stepCount">,
  ): WorkflowExecution {
    const execution: WorkflowExecution = {
      ...settings,
      id: `wf-${randomUUID()}`,
      startTime: new Date().toISOString(),
      status: "RUNNING",
      steps: [],
    };
    this.byId.set(execution.id, execution);
    return execution;
  }

  /** @throws ServiceError ResourceNotFoundException */
  get(id: string): WorkflowExecution {
    const found = this.byId.get(id);
    if (!found) throw notFound(`${this.prefix}workflow-execution/${id}`);
    return found;
  }

  /** @throws ServiceError ResourceNotFoundException */
  step(id: string): StepExecution {
    const found = [...this.byId.values()].flatMap(({ steps }) => steps).find((step) => step.id === id);
    if (!found) throw notFound(`${this.prefix}workflow-step-execution/${id}`);
    return found;
  }

  of(imageArn: string): WorkflowExecution[] {
    return [...this.byId.values()].filter((execution) => execution.imageArn === imageArn);
  }

  waiting(): StepExecution[] {
    return [...this.byId.values()].flatMap(({ steps }) => steps.filter(({ answer }) => answer));
  }
}

export function startStep(execution: WorkflowExecution, step: WorkflowStep): StepExecution {
  const started: StepExecution = {
    id: `step-${randomUUID()}`,
    execution,
    step,
    startTime: new Date().toISOString(),
    status: "RUNNING",
  };
  execution.steps.push(started);
  return started;
}

/** Sets the state in which a step or workflow ends. */
export function end<T extends StepExecution | WorkflowExecution>(
  record: T,
  status: T["status"],
  message?: string,
): void {
  record.status = status;
  record.endTime = new Date().toISOString();
  if (message !== undefined) record.message = message.slice(0, longestMessage);
}
