import type { Fields } from "../document-fields";
import type { StepExecution } from "../workflows/workflow-executions";
import type { BakeContext } from "./bake-context";
import { BakeFailure } from "./bake-failure";

/**
 * Pauses the workflow until SendWorkflowStepAction resumes or stops it, and says so in an event.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/integ-eventbridge.html
 */
export async function waitForAction(
  { cloud, image }: BakeContext,
  record: StepExecution,
  signal: AbortSignal,
): Promise<Fields> {
  const { execution, step, id } = record;
  const answered = new Promise<Fields>((resolve, reject) => {
    record.answer = (action, reason) => {
      record.answer = undefined;
      if (action === "RESUME") resolve({ action, reason: reason ?? "" });
      else reject(new BakeFailure(`Step ${step.name} was stopped: ${reason ?? "no reason was given"}`));
    };
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  cloud.emit({
    source: "aws.imagebuilder",
    detailType: "EC2 Image Builder Workflow Step Waiting",
    resources: [image.arn, execution.workflowArn],
    detail: {
      "workflow-execution-id": execution.id,
      "workflow-step-execution-id": id,
      "workflow-step-name": step.name,
    },
  });
  try {
    return await answered;
  } finally {
    record.answer = undefined;
  }
}
