import type {
  GetWorkflowExecutionRequest,
  GetWorkflowExecutionResponse,
  GetWorkflowStepExecutionRequest,
  GetWorkflowStepExecutionResponse,
  ListWaitingWorkflowStepsRequest,
  ListWaitingWorkflowStepsResponse,
  ListWorkflowExecutionsRequest,
  ListWorkflowExecutionsResponse,
  ListWorkflowStepExecutionsRequest,
  ListWorkflowStepExecutionsResponse,
  SendWorkflowStepActionRequest,
  SendWorkflowStepActionResponse,
  WorkflowExecutionMetadata,
  WorkflowStepMetadata,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { listed } from "../listing";
import { reading } from "../permissions";
import { invalidValue } from "../resources";
import type { ServiceContext } from "../service-context";
import type { StepExecution, WorkflowExecution } from "../workflows/workflow-executions";

/** What the workflows of images have really done. */
export function workflowExecutionOperations({ store, arns, tokens, executions }: ServiceContext) {
  const onExecution = (operation: string, id: string) =>
    reading(operation, `${arns.prefix}workflow-execution/${id}`);
  const onStep = (operation: string, id: string) =>
    reading(operation, `${arns.prefix}workflow-step-execution/${id}`);

  const get: Operation<GetWorkflowExecutionRequest, GetWorkflowExecutionResponse> = {
    permissions: ({ workflowExecutionId: id }) => onExecution("GetWorkflowExecution", id!),
    run({ workflowExecutionId: id }) {
      const execution = executions.get(id!);
      return { ...executionMetadata(execution), imageBuildVersionArn: execution.imageArn };
    },
  };

  const list: Operation<ListWorkflowExecutionsRequest, ListWorkflowExecutionsResponse> = {
    permissions: ({ imageBuildVersionArn }) => reading("ListWorkflowExecutions", imageBuildVersionArn!),
    run(input) {
      const image = store.images.get(input.imageBuildVersionArn!);
      const { items, next } = listed(executions.of(image.arn).map(executionMetadata), input);
      return {
        workflowExecutions: items,
        imageBuildVersionArn: image.arn,
        message: image.state.reason,
        nextToken: next,
      };
    },
  };

  const getStep: Operation<GetWorkflowStepExecutionRequest, GetWorkflowStepExecutionResponse> = {
    permissions: ({ stepExecutionId: id }) => onStep("GetWorkflowStepExecution", id!),
    run({ stepExecutionId: id }) {
      const record = executions.step(id!);
      const { execution, step } = record;
      return {
        ...stepMetadata(record),
        workflowBuildVersionArn: execution.workflowArn,
        workflowExecutionId: execution.id,
        imageBuildVersionArn: execution.imageArn,
        onFailure: step.onFailure,
        timeoutSeconds: step.timeoutSeconds,
      };
    },
  };

  const listSteps: Operation<ListWorkflowStepExecutionsRequest, ListWorkflowStepExecutionsResponse> = {
    permissions: ({ workflowExecutionId: id }) => onExecution("ListWorkflowStepExecutions", id!),
    run(input) {
      const execution = executions.get(input.workflowExecutionId!);
      const { items, next } = listed(execution.steps.map(stepMetadata), input);
      return {
        steps: items,
        workflowBuildVersionArn: execution.workflowArn,
        workflowExecutionId: execution.id,
        imageBuildVersionArn: execution.imageArn,
        message: execution.message,
        nextToken: next,
      };
    },
  };

  const listWaiting: Operation<ListWaitingWorkflowStepsRequest, ListWaitingWorkflowStepsResponse> = {
    permissions: () => reading("ListWaitingWorkflowSteps", "*"),
    run(input) {
      const waiting = executions.waiting().map((record) => ({
        stepExecutionId: record.id,
        imageBuildVersionArn: record.execution.imageArn,
        workflowExecutionId: record.execution.id,
        workflowBuildVersionArn: record.execution.workflowArn,
        name: record.step.name,
        action: record.step.action,
        startTime: record.startTime,
      }));
      const { items, next } = listed(waiting, input);
      return { steps: items, nextToken: next };
    },
  };

  const sendAction: Operation<SendWorkflowStepActionRequest, SendWorkflowStepActionResponse> = {
    permissions: ({ stepExecutionId, imageBuildVersionArn }) => [
      ...onStep("SendWorkflowStepAction", stepExecutionId!),
      ...reading("SendWorkflowStepAction", imageBuildVersionArn!),
    ],
    run: (input) =>
      tokens.once("SendWorkflowStepAction", input, () => {
        const { stepExecutionId, imageBuildVersionArn, action, reason, clientToken } = input;
        const record = executions.step(stepExecutionId!);
        if (record.execution.imageArn !== imageBuildVersionArn)
          throw invalidValue(
            "imageBuildVersionArn",
            `The step '${stepExecutionId}' is not one of this image's.`,
          );
        if (!record.answer)
          throw new ServiceError(
            "InvalidRequestException",
            `The step '${stepExecutionId}' is ${record.status} and waits for no action.`,
          );
        record.answer(action!, reason);
        return { stepExecutionId, imageBuildVersionArn, clientToken };
      }),
  };

  return {
    GetWorkflowExecution: get,
    ListWorkflowExecutions: list,
    GetWorkflowStepExecution: getStep,
    ListWorkflowStepExecutions: listSteps,
    ListWaitingWorkflowSteps: listWaiting,
    SendWorkflowStepAction: sendAction,
  };
}

function executionMetadata(execution: WorkflowExecution): WorkflowExecutionMetadata {
  const { id, workflowArn, type, status, message, steps, startTime, endTime, parallelGroup } = execution;
  const count = (wanted: StepExecution["status"]): number =>
    steps.filter((step) => step.status === wanted).length;
  return {
    workflowBuildVersionArn: workflowArn,
    workflowExecutionId: id,
    type,
    status,
    message,
    totalStepCount: execution.stepCount,
    totalStepsSucceeded: count("COMPLETED"),
    totalStepsFailed: count("FAILED"),
    totalStepsSkipped: count("SKIPPED"),
    startTime,
    endTime,
    parallelGroup,
  };
}

function stepMetadata(record: StepExecution): WorkflowStepMetadata {
  const { id, step, status, rollbackStatus, message, inputs, outputs, startTime, endTime } = record;
  return {
    stepExecutionId: id,
    name: step.name,
    description: step.description,
    action: step.action,
    status,
    rollbackStatus,
    message,
    inputs,
    outputs,
    startTime,
    endTime,
  };
}
