import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { announceFailureFunction } from "../../contract/functions";
import { clientOptions } from "../shared/clients";
import { reasonOf } from "../shared/errors";
import { parseExecutionEvent, type ExecutionEvent } from "../shared/execution-event";
import { actionsOf, getExecution } from "../shared/pipeline-execution";
import { readEnvironment } from "../shared/settings";
import { noticeOf, noticeWithoutDetails, type Notice } from "./notice";

const [codePipeline, sns] = [new CodePipelineClient(clientOptions), new SNSClient(clientOptions)];

/** Announces a failed execution. After an error Lambda invokes it again, and in the end tells the topic itself. */
export async function handler(event: unknown): Promise<void> {
  const { TOPIC_ARN: TopicArn } = readEnvironment(announceFailureFunction);
  const execution = parseExecutionEvent(event);
  const { subject: Subject, message: Message } = await noticeOfFailed(execution);
  await sns.send(new PublishCommand({ TopicArn, Subject, Message }));
  console.log(`${Subject}: announced`);
}

async function noticeOfFailed(execution: ExecutionEvent): Promise<Notice> {
  try {
    const [{ artifactRevisions: revisions = [] }, actions] = await Promise.all([
      getExecution(codePipeline, execution),
      actionsOf(codePipeline, execution),
    ]);
    return noticeOf(execution, { revisions, actions });
  } catch (error) {
    console.error(`execution ${execution.executionId} can't be looked up: ${reasonOf(error)}`);
    return noticeWithoutDetails(execution, reasonOf(error));
  }
}
