import type {
  ActionDeclaration,
  ActionExecutionStatus,
  ConditionExecutionStatus,
  ExecutionTrigger,
  PipelineDeclaration,
  PipelineExecutionStatus,
  RetryStageMetadata,
  RuleDeclaration,
  RuleExecutionStatus,
  SourceRevision,
  StageExecutionStatus,
  TransitionState,
} from "@aws-sdk/client-codepipeline";
import type { StageLock } from "./stage-lock";

/** A pipeline and everything that ever ran in it. */
export interface PipelineRecord {
  readonly arn: string;
  declaration: PipelineDeclaration;
  /** The declarations before, by version. */
  readonly versions: Map<number, PipelineDeclaration>;
  readonly created: Date;
  updated: Date;
  tags: Map<string, string>;
  readonly executions: ExecutionRecord[];
  /** by stage name */
  readonly stages: Map<string, StageRecord>;
}

export interface StageRecord {
  readonly lock: StageLock;
  transition: TransitionState;
  /** Whether executions may leave for the next stage. */
  outboundEnabled: boolean;
  latest?: { pipelineExecutionId: string; status: StageExecutionStatus; type: "STANDARD" | "ROLLBACK" };
}

export interface ExecutionRecord {
  readonly id: string;
  readonly pipelineVersion: number;
  /** The declaration that the execution started with. */
  readonly declaration: PipelineDeclaration;
  status: PipelineExecutionStatus;
  statusSummary?: string;
  readonly trigger: ExecutionTrigger;
  readonly type: "STANDARD" | "ROLLBACK";
  readonly rollbackTargetId?: string;
  readonly startTime: Date;
  lastUpdateTime: Date;
  readonly pipelineVariables: ReadonlyMap<string, string>;
  readonly requestedRevisions: ReadonlyMap<string, string>;
  readonly sourceRevisions: SourceRevision[];
  /** by artifact name */
  readonly artifacts: Map<string, ArtifactRecord>;
  /** output variables by namespace */
  readonly namespaces: Map<string, Readonly<Record<string, string>>>;
  readonly actions: ActionRecord[];
  readonly stageStatuses: Map<string, StageExecutionStatus>;
  /** by stage name */
  readonly conditions: Map<string, Partial<Record<ConditionKind, ConditionRecord>>>;
  /** Rules of all conditions, in the order in which they ran. */
  readonly rules: RuleRecord[];
  /** by stage name */
  readonly retries: Map<string, RetryStageMetadata & { readonly lastAttempt: Date }>;
  stop?: { abandon: boolean; reason?: string };
  /** Aborted when the execution is stopped, whether what runs is waited for or abandoned. */
  stopping: AbortController;
  /** Tells whoever waits for something on behalf of this execution that it is being abandoned. */
  abandoned: AbortController;
}

export interface ArtifactRecord {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  /** Undefined where the bucket keeps no versions. */
  readonly versionId?: string;
  readonly revision?: { id: string; summary?: string | undefined; name: string; created: Date };
}

export interface ActionRecord {
  readonly id: string;
  readonly stageName: string;
  readonly declaration: ActionDeclaration;
  status: ActionExecutionStatus;
  readonly startTime: Date;
  lastUpdateTime: Date;
  updatedBy?: string;
  resolvedConfiguration: Record<string, string>;
  inputArtifacts: ArtifactRecord[];
  outputArtifacts: ArtifactRecord[];
  outputVariables: Record<string, string>;
  summary?: string;
  externalExecutionId?: string;
  externalExecutionUrl?: string;
  error?: { code: string; message: string };
  /** of a manual approval that waits */
  token?: string;
}

export type ConditionKind = "BEFORE_ENTRY" | "ON_SUCCESS" | "ON_FAILURE";

/** What came of a stage's condition the last time that it was looked at in an execution. */
export interface ConditionRecord {
  status: ConditionExecutionStatus;
  summary?: string;
  lastStatusChange: Date;
  readonly rules: readonly RuleRecord[];
  /** Aborted when somebody overrides the condition while its rules run. */
  readonly overridden: AbortController;
}

export interface RuleRecord {
  readonly id: string;
  readonly stageName: string;
  readonly declaration: RuleDeclaration;
  status: RuleExecutionStatus;
  readonly startTime: Date;
  lastUpdateTime: Date;
  resolvedConfiguration: Record<string, string>;
  inputArtifacts: ArtifactRecord[];
  summary?: string;
  externalExecutionId?: string;
  error?: { code: string; message: string };
}
