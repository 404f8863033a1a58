import type { CodepipelineStageAction } from "@cdktf/provider-aws/lib/codepipeline";
import type { ITerraformDependable } from "cdktf";
import type { ArtifactBucket } from "../build/artifact-bucket";
import type { Role } from "./role";

/** Name of an artifact: what one action hands to later ones. */
export type Artifact = string;

/** What an action gets to know of the pipeline that it becomes part of. */
export interface PipelineParts {
  /** The pipeline's own role. An action role trusts it and nobody else. */
  readonly role: Role;
  readonly artifacts: ArtifactBucket;
}

/** One action of a stage. Binding gives the pipeline's role, or a role of its own, exactly what the action needs. */
export interface PipelineAction {
  bind(pipeline: PipelineParts): BoundAction;
}

export interface BoundAction {
  /** What the pipeline declares; the order within the stage is the pipeline's matter. */
  readonly definition: Omit<CodepipelineStageAction, "runOrder">;
  /** What must be in place before the action can run. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Reference to an output variable of an earlier action; CodePipeline fills it in. */
export function variable(namespace: string, name: string): string {
  return `#{${namespace}.${name}}`;
}
