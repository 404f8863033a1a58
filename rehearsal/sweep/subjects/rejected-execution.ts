import {
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  StartPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { setTimeout as pause } from "node:timers/promises";
import { versionFunction } from "../../../contract/functions";
import type { Lab } from "../lab";

export const rejectedStage = "DeployImage-production";

/** A pipeline that draws a version and asks for an approval, which is rejected. */
export class RejectedExecutions {
  private readonly drawing: string;
  private readonly pipelineName: string;

  constructor(
    private readonly lab: Lab,
    private readonly name: string,
  ) {
    this.drawing = `${name}-version`;
    this.pipelineName = `sweep-${name}`;
  }

  async deploy(): Promise<void> {
    const parameter = `/sweep/${this.name}`;
    await this.lab.ssm.send(new PutParameterCommand({ Name: parameter, Value: "none", Type: "String" }));
    await this.lab.function(this.drawing, {
      bundle: versionFunction.name,
      environment: { VERSION_PARAMETER: parameter, VERSION_LINE: "1.0" },
      actions: ["ssm:GetParameterHistory", "ssm:PutParameter"],
    });
    const draws = await this.lab.invocation(versionFunction.name, this.drawing, {
      ExecutionId: "#{codepipeline.PipelineExecutionId}",
    });
    await this.lab.pipelineOf(
      this.name,
      [],
      [
        { name: "BuildImage", actions: [draws] },
        {
          name: rejectedStage,
          actions: [
            {
              name: "approve",
              actionTypeId: { category: "Approval", owner: "AWS", provider: "Manual", version: "1" },
            },
          ],
        },
      ],
    );
    // a new pipeline has started by itself, and the next execution would wait behind it
    const { pipelineExecutionSummaries } = await this.lab.pipelines.send(
      new ListPipelineExecutionsCommand({ pipelineName: this.pipelineName }),
    );
    await this.end(pipelineExecutionSummaries![0]!.pipelineExecutionId!, async () => undefined);
  }

  /** @param prepare is called with the execution's version while it waits. @returns the event of the execution's end */
  async reject(prepare: (version: string) => Promise<void>): Promise<object> {
    const { pipelineExecutionId } = await this.lab.pipelines.send(
      new StartPipelineExecutionCommand({ name: this.pipelineName }),
    );
    return this.end(pipelineExecutionId!, prepare);
  }

  private async end(
    pipelineExecutionId: string,
    prepare: (version: string) => Promise<void>,
  ): Promise<object> {
    const { pipelines, settings } = this.lab;
    const { pipelineName } = this;
    const token = await this.until(async () => {
      const { stageStates } = await pipelines.send(new GetPipelineStateCommand({ name: pipelineName }));
      const stage = stageStates?.find(({ stageName }) => stageName === rejectedStage);
      if (stage?.latestExecution?.pipelineExecutionId !== pipelineExecutionId) return undefined;
      return stage.actionStates?.[0]?.latestExecution?.token;
    });
    const { actionExecutionDetails } = await pipelines.send(
      new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId } }),
    );
    const drawn = actionExecutionDetails?.find(({ actionName }) => actionName === versionFunction.name);
    await prepare(drawn!.output!.outputVariables!.Version!);
    await pipelines.send(
      new PutApprovalResultCommand({
        pipelineName,
        stageName: rejectedStage,
        actionName: "approve",
        token,
        result: { status: "Rejected", summary: "not today" },
      }),
    );
    await this.until(async () => {
      const { pipelineExecution } = await pipelines.send(
        new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId }),
      );
      return pipelineExecution?.status === "Failed" || undefined;
    });
    return {
      source: "aws.codepipeline",
      "detail-type": "CodePipeline Pipeline Execution State Change",
      region: settings.options.region,
      detail: { pipeline: pipelineName, "execution-id": pipelineExecutionId, state: "FAILED" },
    };
  }

  private async until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (let waited = 0; waited < 60_000; waited += 50) {
      const found = await look();
      if (found !== undefined) return found;
      await pause(50);
    }
    throw new Error(`${this.pipelineName} does not come to its approval's end`);
  }
}
