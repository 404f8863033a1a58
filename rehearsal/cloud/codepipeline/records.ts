import type {
  ActionDeclaration,
  ActionExecutionStatus,
  ExecutionTrigger,
  PipelineDeclaration,
  PipelineExecutionStatus,
  SourceRevision,
  StageExecutionStatus,
  TransitionState,
} from "@aws-sdk/client-codepipeline";
import type { StageLock } from "./stage-lock";

/** A pipeline and everything that ever ran in it. */
export interface PipelineRecord {
  readonly arn: string;
  declaration: PipelineDeclaration;
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
  latest?: { pipelineExecutionId: string; status: StageExecutionStatus; type: "STANDARD" | "ROLLBACK" };
}

export interface ExecutionRecord {
  readonly id: string;
  readonly pipelineVersion: number;
  /** The declaration that the execution started with: a later update does not change it. */
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
  stop?: { abandon: boolean; reason?: string };
  /** Tells whoever waits for something on behalf of this execution that it is being abandoned. */
  readonly abandoned: AbortController;
}

export interface ArtifactRecord {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  /** Undefined where the bucket keeps no versions. */
  readonly versionId?: string;
  readonly revision?: { id: string; summary: string; name: string; created: Date };
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
