import type { Cloud } from "../cloud";
import type { ActionRecord, ArtifactRecord, ExecutionRecord, PipelineRecord } from "./records";

type StageState = "STARTED" | "SUCCEEDED" | "FAILED" | "RESUMED" | "STOPPING" | "STOPPED" | "CANCELED";

/** State changes as EventBridge sees them. https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html */
export class PipelineEvents {
  constructor(private readonly cloud: Cloud) {}

  execution(pipeline: PipelineRecord, execution: ExecutionRecord, state: StageState | "SUPERSEDED"): void {
    const { triggerType, triggerDetail } = execution.trigger;
    this.send("CodePipeline Pipeline Execution State Change", pipeline, execution, execution.startTime, {
      state,
      "execution-trigger": { "trigger-type": triggerType, "trigger-detail": triggerDetail },
      ...(state === "STOPPING" && execution.stop?.reason
        ? { "stop-execution-comments": execution.stop.reason }
        : {}),
    });
  }

  stage(pipeline: PipelineRecord, execution: ExecutionRecord, stage: string, state: StageState): void {
    const retry = execution.retries.get(stage);
    this.send("CodePipeline Stage Execution State Change", pipeline, execution, execution.startTime, {
      stage,
      state,
      ...(retry ? { "stage-last-retry-attempt-time": retry.lastAttempt.toISOString() } : {}),
    });
  }

  action(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    action: ActionRecord,
    state: "STARTED" | "SUCCEEDED" | "FAILED" | "ABANDONED",
  ): void {
    const { category, owner, provider, version } = action.declaration.actionTypeId!;
    this.send("CodePipeline Action Execution State Change", pipeline, execution, action.startTime, {
      "action-execution-id": action.id,
      stage: action.stageName,
      action: action.declaration.name,
      state,
      region: this.cloud.region,
      type: { owner, category, provider, version },
      ...(action.inputArtifacts.length > 0 ? { "input-artifacts": locations(action.inputArtifacts) } : {}),
      ...(action.outputArtifacts.length > 0 ? { "output-artifacts": locations(action.outputArtifacts) } : {}),
      ...(state === "STARTED" ? {} : { "execution-result": resultOf(action) }),
    });
  }

  private send(
    detailType: string,
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    startTime: Date,
    detail: Record<string, unknown>,
  ): void {
    this.cloud.emit({
      source: "aws.codepipeline",
      detailType,
      resources: [pipeline.arn],
      detail: {
        pipeline: pipeline.declaration.name,
        "execution-id": execution.id,
        "start-time": startTime.toISOString(),
        version: execution.pipelineVersion,
        "pipeline-execution-attempt": 1 + retriesOf(execution),
        ...detail,
      },
    });
  }
}

const locations = (artifacts: readonly ArtifactRecord[]) =>
  artifacts.map(({ name, bucket, key }) => ({ name, s3location: { bucket, key } }));

const resultOf = ({ externalExecutionId, externalExecutionUrl, summary, error }: ActionRecord) => ({
  ...(externalExecutionUrl ? { "external-execution-url": externalExecutionUrl } : {}),
  ...(error ? { "external-execution-summary": error.message, "error-code": error.code } : {}),
  ...(!error && summary ? { "external-execution-summary": summary } : {}),
  ...(externalExecutionId ? { "external-execution-id": externalExecutionId } : {}),
});

const retriesOf = (execution: ExecutionRecord): number =>
  [...execution.retries.values()].reduce(
    (sum, retry) => sum + (retry.autoStageRetryAttempt ?? 0) + (retry.manualStageRetryAttempt ?? 0),
    0,
  );
