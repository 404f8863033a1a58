import type { Cloud } from "../cloud";
import type { ActionRecord, ExecutionRecord, PipelineRecord } from "./records";

/** State changes as EventBridge sees them. https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html */
export class PipelineEvents {
  constructor(private readonly cloud: Cloud) {}

  execution(pipeline: PipelineRecord, execution: ExecutionRecord, state: string): void {
    const { triggerType, triggerDetail } = execution.trigger;
    this.send("CodePipeline Pipeline Execution State Change", pipeline, execution, {
      state,
      "execution-trigger": { "trigger-type": triggerType, "trigger-detail": triggerDetail },
    });
  }

  stage(pipeline: PipelineRecord, execution: ExecutionRecord, stage: string, state: string): void {
    this.send("CodePipeline Stage Execution State Change", pipeline, execution, { stage, state });
  }

  action(pipeline: PipelineRecord, execution: ExecutionRecord, action: ActionRecord, state: string): void {
    const { category, owner, provider, version } = action.declaration.actionTypeId!;
    this.send("CodePipeline Action Execution State Change", pipeline, execution, {
      "action-execution-id": action.id,
      stage: action.stageName,
      action: action.declaration.name,
      state,
      region: this.cloud.region,
      type: { owner, category, provider, version },
      ...(action.error
        ? {
            "execution-result": {
              "external-execution-summary": action.error.message,
              "error-code": action.error.code,
            },
          }
        : {}),
    });
  }

  private send(
    detailType: string,
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    detail: Record<string, unknown>,
  ): void {
    this.cloud.emit({
      source: "aws.codepipeline",
      detailType,
      resources: [pipeline.arn],
      detail: {
        pipeline: pipeline.declaration.name,
        "execution-id": execution.id,
        "start-time": execution.startTime.toISOString(),
        version: execution.pipelineVersion,
        ...detail,
      },
    });
  }
}
