import {
  type ApprovalStatus,
  type CodePipelineClient,
  GetPipelineStateCommand,
  PutApprovalResultCommand,
} from "@aws-sdk/client-codepipeline";

/** An approval that somebody has to answer. */
export interface Approval {
  readonly stageName: string;
  readonly actionName: string;
  readonly token: string;
}

/** What a person does in front of a pipeline that asks. */
export class Approvals {
  constructor(
    private readonly pipelines: CodePipelineClient,
    private readonly pipelineName: string,
  ) {}

  /** What an execution waits for an answer to, if it does. */
  async waiting(executionId: string): Promise<Approval | undefined> {
    const { stageStates = [] } = await this.pipelines.send(
      new GetPipelineStateCommand({ name: this.pipelineName }),
    );
    // a manual approval is the only action that has a token, and only while it waits
    const [found] = stageStates
      .filter(({ latestExecution }) => latestExecution?.pipelineExecutionId === executionId)
      .flatMap(({ stageName, actionStates = [] }) =>
        actionStates.map(({ actionName, latestExecution }) => ({
          stageName,
          actionName,
          token: latestExecution?.token,
        })),
      )
      .filter((one): one is Approval => one.token !== undefined);
    return found;
  }

  async answer(approval: Approval, status: ApprovalStatus, summary: string): Promise<void> {
    const result = { status, summary };
    await this.pipelines.send(
      new PutApprovalResultCommand({ pipelineName: this.pipelineName, ...approval, result }),
    );
  }
}
