import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  type ActionExecutionDetail,
  type PipelineExecution,
} from "@aws-sdk/client-codepipeline";
import { mockClient } from "aws-sdk-client-mock";
import { executionId } from "./job-events";

/** CodePipeline's event of an execution, in the shape of its documentation. */
export const executionEvent = (state: string): object => ({
  version: "0",
  "detail-type": "CodePipeline Pipeline Execution State Change",
  source: "aws.codepipeline",
  region: "eu-west-1",
  resources: ["arn:aws:codepipeline:eu-west-1:111122223333:shop"],
  detail: {
    pipeline: "shop",
    "execution-id": executionId,
    state,
    version: 4,
    "pipeline-execution-attempt": 1,
  },
});

/** An execution as CodePipeline tells it when it is asked. */
export class ExecutionStory {
  readonly mock = mockClient(CodePipelineClient);

  /** @param actions oldest first; CodePipeline lists the newest first, here one a page */
  tell(execution: PipelineExecution, actions: readonly ActionExecutionDetail[]): void {
    this.mock.reset();
    this.mock
      .on(GetPipelineExecutionCommand, { pipelineName: "shop", pipelineExecutionId: executionId })
      .resolves({ pipelineExecution: execution });
    const pages = actions
      .map((action, index) => ({ ...action, startTime: new Date(Date.UTC(2026, 0, 1, 0, index)) }))
      .reverse();
    pages.forEach((action, index) =>
      this.mock
        .on(ListActionExecutionsCommand, {
          pipelineName: "shop",
          filter: { pipelineExecutionId: executionId },
          nextToken: index === 0 ? undefined : String(index),
        })
        .resolves({
          actionExecutionDetails: [action],
          nextToken: index + 1 < pages.length ? String(index + 1) : undefined,
        }),
    );
    if (pages.length === 0) this.mock.on(ListActionExecutionsCommand).resolves({});
  }
}

type Status = ActionExecutionDetail["status"];

export const action = (
  stageName: string,
  actionName: string,
  status: Status = "Succeeded",
  output: ActionExecutionDetail["output"] = {},
): ActionExecutionDetail => ({ stageName, actionName, status, output });

export const drawn = (Version: string): ActionExecutionDetail =>
  action("BuildImage", "version", "Succeeded", { outputVariables: { Version } });
