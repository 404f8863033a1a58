import type {
  ActionState,
  ArtifactDetail,
  RetryStageMetadata,
  StageConditionState,
  StageDeclaration,
  StageState,
} from "@aws-sdk/client-codepipeline";
import type { ArtifactRecord, ConditionKind, ConditionRecord, PipelineRecord } from "./records";

/** A stage as GetPipelineState shows it. */
export function stageState(pipeline: PipelineRecord, stage: StageDeclaration): StageState {
  const { lock, transition, latest } = pipeline.stages.get(stage.name!)!;
  const execution = pipeline.executions.find(({ id }) => id === latest?.pipelineExecutionId);
  const waiting = lock.queue.map((pipelineExecutionId) => ({
    pipelineExecutionId,
    status: "InProgress" as const,
    type: pipeline.executions.find(({ id }) => id === pipelineExecutionId)!.type,
  }));
  const condition = (kind: ConditionKind): StageConditionState | undefined => {
    const record = execution?.conditions.get(stage.name!)?.[kind];
    return record && conditionState(record);
  };
  const retries = execution?.retries.get(stage.name!);
  return {
    stageName: stage.name,
    inboundExecution: waiting[0],
    inboundExecutions: waiting,
    inboundTransitionState: transition,
    actionStates: stage.actions!.map((action) => actionState(pipeline, stage.name!, action.name!)),
    latestExecution: latest,
    beforeEntryConditionState: condition("BEFORE_ENTRY"),
    onSuccessConditionState: condition("ON_SUCCESS"),
    onFailureConditionState: condition("ON_FAILURE"),
    retryStageMetadata: retries && retryMetadata(retries),
  };
}

const retryMetadata = ({
  autoStageRetryAttempt,
  manualStageRetryAttempt,
  latestRetryTrigger,
}: RetryStageMetadata): RetryStageMetadata => ({
  autoStageRetryAttempt,
  manualStageRetryAttempt,
  latestRetryTrigger,
});

export const artifactLocation = ({ name, bucket, key }: ArtifactRecord): ArtifactDetail => ({
  name,
  s3location: { bucket, key },
});

function conditionState({ status, summary, lastStatusChange, rules }: ConditionRecord): StageConditionState {
  return {
    latestExecution: { status, summary },
    conditionStates: [
      {
        latestExecution: { status, summary, lastStatusChange },
        ruleStates: rules.map((rule) => ({
          ruleName: rule.declaration.name,
          latestExecution: {
            ruleExecutionId: rule.id,
            status: rule.status,
            summary: rule.summary,
            lastStatusChange: rule.lastUpdateTime,
            externalExecutionId: rule.externalExecutionId,
            errorDetails: rule.error,
          },
        })),
      },
    ],
  };
}

function actionState(pipeline: PipelineRecord, stageName: string, actionName: string): ActionState {
  const latest = pipeline.executions
    .flatMap((execution) => execution.actions)
    .filter((action) => action.stageName === stageName && action.declaration.name === actionName)
    .sort((a, b) => b.startTime.getTime() - a.startTime.getTime())[0];
  if (!latest) return { actionName };
  return {
    actionName,
    currentRevision: revisionOf(latest.outputArtifacts[0]),
    latestExecution: {
      actionExecutionId: latest.id,
      status: latest.status,
      summary: latest.summary,
      lastStatusChange: latest.lastUpdateTime,
      token: latest.token,
      lastUpdatedBy: latest.updatedBy,
      externalExecutionId: latest.externalExecutionId,
      externalExecutionUrl: latest.externalExecutionUrl,
      errorDetails: latest.error,
    },
  };
}

const revisionOf = (
  artifact: { revision?: { id: string; created: Date } } | undefined,
): { revisionId: string; revisionChangeId: string; created: Date } | undefined =>
  artifact?.revision && {
    revisionId: artifact.revision.id,
    revisionChangeId: artifact.revision.id,
    created: artifact.revision.created,
  };
