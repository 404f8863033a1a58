import type { Cloud, RoleCredentials } from "../../cloud";
import type { ActionRecord, ArtifactRecord, ExecutionRecord, PipelineRecord } from "../records";

/** What an action, or a rule of a condition, has to work with. */
export interface WorkContext {
  readonly cloud: Cloud;
  readonly pipeline: PipelineRecord;
  readonly execution: ExecutionRecord;
  /** with every variable resolved */
  readonly configuration: Readonly<Record<string, string>>;
  readonly inputArtifacts: readonly ArtifactRecord[];
  /** of the action's or rule's role, or of the pipeline's where it names none */
  readonly credentials: RoleCredentials;
  readonly roleArn: string;
  /** Aborted when nobody waits for it any longer: abandoned, too late, or the cloud ends. */
  readonly abandoned: AbortSignal;
}

export interface ActionContext extends WorkContext {
  readonly action: ActionRecord;
}

export interface ActionResult {
  readonly outputVariables?: Readonly<Record<string, string>>;
  readonly outputArtifacts?: readonly ArtifactRecord[];
  readonly summary?: string;
  readonly externalExecutionId?: string;
  readonly externalExecutionUrl?: string;
}

/** Runs one action to its end. @throws ActionFailure with the service's own reason */
export type ActionRunner = (context: ActionContext) => Promise<ActionResult>;
