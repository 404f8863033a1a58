import type {
  Component,
  DistributionConfiguration,
  Image,
  ImagePipeline,
  ImageRecipe,
  InfrastructureConfiguration,
  LifecyclePolicy,
  Workflow,
} from "@aws-sdk/client-imagebuilder";
import type { ComponentDocument } from "./runner/document";
import { newest } from "./versions";
import type { WorkflowDocument, WorkflowType } from "./workflows/workflow-document";
import { notFound, type Resource, Resources } from "./resources";

export type ComponentRecord = Resource &
  Omit<Component, "arn" | "name" | "tags"> & { readonly document: ComponentDocument };
export type RecipeRecord = Resource & Omit<ImageRecipe, "arn" | "name" | "tags">;
export type InfrastructureRecord = Resource & Omit<InfrastructureConfiguration, "arn" | "name" | "tags">;
export type DistributionRecord = Resource & Omit<DistributionConfiguration, "arn" | "name" | "tags">;
export type PipelineRecord = Resource & Omit<ImagePipeline, "arn" | "name" | "tags">;
export type PolicyRecord = Resource & Omit<LifecyclePolicy, "arn" | "name" | "tags">;
export type WorkflowRecord = Resource &
  Omit<Workflow, "arn" | "name" | "tags" | "type"> & {
    readonly type: WorkflowType;
    readonly document: WorkflowDocument;
  };
export type ImageRecord = Resource &
  Omit<Image, "arn" | "name" | "tags" | "state"> & {
    state: ImageStateRecord;
    /** Ends the bake that makes the image. */
    readonly cancel: AbortController;
  };

export interface ImageStateRecord {
  readonly status: ImageStatus;
  readonly reason?: string;
  readonly failureContext?: {
    readonly imageStatus: ImageStatus;
    readonly failedStep?: string;
    readonly workflowArn?: string;
    readonly componentFailure?: {
      readonly componentArn: string;
      readonly phaseName: string;
      readonly stepName: string;
      readonly action: string;
      readonly errorMessage: string;
    };
  };
}

export type ImageStatus =
  | "PENDING"
  | "CREATING"
  | "BUILDING"
  | "TESTING"
  | "DISTRIBUTING"
  | "INTEGRATING"
  | "AVAILABLE"
  | "FAILED"
  | "CANCELLED"
  | "DEPRECATED"
  | "DISABLED";

export const isFinal = (status: ImageStatus): boolean =>
  ["AVAILABLE", "FAILED", "CANCELLED", "DEPRECATED", "DISABLED"].includes(status);

/** Everything that the account holds in Image Builder. */
export class ImageBuilderStore {
  readonly components = new Resources<ComponentRecord>("Component");
  readonly recipes = new Resources<RecipeRecord>("ImageRecipe");
  readonly infrastructures = new Resources<InfrastructureRecord>("InfrastructureConfiguration");
  readonly distributions = new Resources<DistributionRecord>("DistributionConfiguration");
  readonly pipelines = new Resources<PipelineRecord>("ImagePipeline");
  readonly images = new Resources<ImageRecord>("Image");
  readonly policies = new Resources<PolicyRecord>("LifecyclePolicy");
  readonly workflows = new Resources<WorkflowRecord>("Workflow");

  /** @param managedWorkflows those that Image Builder brings itself */
  constructor(readonly managedWorkflows: readonly WorkflowRecord[]) {}

  /** A build of a component: ARNs with `x`, or without a build, mean the newest. */
  component(arn: string): ComponentRecord {
    const found = this.components.find(arn) ?? newest(this.components.all(), arn);
    if (!found) throw notFound(arn);
    return found;
  }

  recipe(arn: string): RecipeRecord {
    const found = this.recipes.find(arn) ?? newest(this.recipes.all(), arn);
    if (!found) throw notFound(arn);
    return found;
  }

  image(arn: string): ImageRecord {
    const found = this.images.find(arn) ?? newest(this.images.all(), arn);
    if (!found) throw notFound(arn);
    return found;
  }

  findWorkflow(arn: string): WorkflowRecord | undefined {
    return newest([...this.workflows.all(), ...this.managedWorkflows], arn);
  }

  /** A build of a workflow, of the account or of Image Builder itself. */
  workflow(arn: string): WorkflowRecord {
    const found = this.findWorkflow(arn);
    if (!found) throw notFound(arn);
    return found;
  }

  /** The resource that tags are asked of. */
  tagged(arn: string): Resource {
    const kinds = [
      this.components,
      this.recipes,
      this.infrastructures,
      this.distributions,
      this.pipelines,
      this.images,
      this.policies,
      this.workflows,
    ];
    const found = kinds.map((kind) => kind.find(arn)).find((resource) => resource);
    if (!found) throw notFound(arn);
    return found;
  }
}
