import { randomUUID } from "node:crypto";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ActionFailure } from "../action-failure";
import type { ActionContext, ActionResult, ActionRunner } from "./action-runner";

export interface ApprovalAnswer {
  readonly approved: boolean;
  readonly summary: string;
  readonly by: string;
}

/** Approvals that wait for PutApprovalResult, by token. */
export class Approvals {
  private readonly waiting = new Map<string, (answer: ApprovalAnswer) => void>();

  /** @returns false when no approval waits with this token */
  answer(token: string, answer: ApprovalAnswer): boolean {
    const resolve = this.waiting.get(token);
    this.waiting.delete(token);
    resolve?.(answer);
    return resolve !== undefined;
  }

  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html */
  readonly run: ActionRunner = async (context: ActionContext): Promise<ActionResult> => {
    const token = randomUUID();
    context.action.token = token;
    const topic = context.configuration.NotificationArn;
    if (topic) await notify(context, topic, token);
    const answer = await new Promise<ApprovalAnswer>((resolve, reject) => {
      this.waiting.set(token, resolve);
      context.abandoned.addEventListener("abort", () => {
        this.waiting.delete(token);
        reject(new ActionFailure("Abandoned", "The execution was stopped while the approval was pending"));
      });
    });
    context.action.updatedBy = answer.by;
    if (!answer.approved)
      throw new ActionFailure("ApprovalRejected", `Approval rejected by ${answer.by}: ${answer.summary}`);
    return { summary: answer.summary };
  };
}

async function notify(context: ActionContext, topic: string, token: string): Promise<void> {
  const { execution, action, cloud } = context;
  const sns = new SNSClient(cloud.clientOptions(context.credentials));
  const subject = `APPROVAL NEEDED: AWS CodePipeline ${execution.declaration.name} for action ${action.declaration.name}`;
  await sns.send(
    new PublishCommand({
      TopicArn: topic,
      Subject: subject.slice(0, 100),
      Message: JSON.stringify({
        region: cloud.region,
        approval: {
          pipelineName: execution.declaration.name,
          stageName: action.stageName,
          actionName: action.declaration.name,
          token,
          customData: context.configuration.CustomData,
        },
      }),
    }),
  );
}
