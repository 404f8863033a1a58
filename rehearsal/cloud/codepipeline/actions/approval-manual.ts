import { randomUUID } from "node:crypto";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ServiceError } from "../../api/service-error";
import { ActionFailure, interruption } from "../action-failure";
import type { ActionRecord } from "../records";
import type { ActionContext, ActionResult, ActionRunner } from "./action-runner";

export interface ApprovalAnswer {
  readonly approved: boolean;
  readonly summary: string;
  readonly by: string;
}

interface Waiting {
  readonly action: ActionRecord;
  readonly resolve: (answer: ApprovalAnswer) => void;
}

/** Approvals that wait for PutApprovalResult, by token. */
export class Approvals {
  private readonly waiting = new Map<string, Waiting>();
  private readonly completed = new Set<string>();

  /** @throws ServiceError InvalidApprovalTokenException, ApprovalAlreadyCompletedException */
  answer(stageName: string, actionName: string, token: string, answer: ApprovalAnswer): void {
    const waiting = this.waiting.get(token);
    if (this.completed.has(token))
      throw new ServiceError(
        "ApprovalAlreadyCompletedException",
        `The approval ${actionName} of stage ${stageName} has been answered already`,
      );
    if (waiting?.action.stageName !== stageName || waiting.action.declaration.name !== actionName)
      throw new ServiceError("InvalidApprovalTokenException", `The approval token ${token} is not valid`);
    this.waiting.delete(token);
    this.completed.add(token);
    waiting.resolve(answer);
  }

  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html */
  readonly run: ActionRunner = async (context: ActionContext): Promise<ActionResult> => {
    const token = randomUUID();
    context.action.token = token;
    const topic = context.configuration.NotificationArn;
    if (topic) await notify(context, topic, token);
    const answer = await new Promise<ApprovalAnswer>((resolve, reject) => {
      this.waiting.set(token, { action: context.action, resolve });
      context.abandoned.addEventListener("abort", () => {
        this.waiting.delete(token);
        reject(interruption(context.abandoned));
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
