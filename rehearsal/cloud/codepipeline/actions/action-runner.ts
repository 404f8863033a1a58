import type { Cloud, RoleCredentials } from "../../cloud";
import type { ActionRecord, ArtifactRecord, ExecutionRecord, PipelineRecord } from "../records";

/** What one action has to work with. */
export interface ActionContext {
  readonly cloud: Cloud;
  readonly pipeline: PipelineRecord;
  readonly execution: ExecutionRecord;
  readonly action: ActionRecord;
  /** with every variable resolved */
  readonly configuration: Readonly<Record<string, string>>;
  /** of the action's role, or of the pipeline's where the action names none */
  readonly credentials: RoleCredentials;
  readonly roleArn: string;
  /** Aborted when the execution is stopped and abandoned, or the cloud ends. */
  readonly abandoned: AbortSignal;
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
