import type { ApiModel } from "../api/model";
import type { Cloud, CloudPart } from "../cloud";
import type { Authorizer } from "../gateway/authorizer";
import type { MachineImages } from "../machine/machine-images";
import { Arns } from "./arns";
import { Baker } from "./bake/baker";
import { ClientTokens } from "./client-tokens";
import { componentOperations } from "./operations/components";
import { distributionOperations } from "./operations/distributions";
import { imageOperations } from "./operations/images";
import { LifecycleExecutions } from "./lifecycle/lifecycle-executions";
import { infrastructureOperations } from "./operations/infrastructures";
import { lifecycleExecutionOperations } from "./operations/lifecycle-executions";
import { lifecyclePolicyOperations } from "./operations/lifecycle-policies";
import { pipelineOperations } from "./operations/pipelines";
import { recipeOperations } from "./operations/recipes";
import { resourcePolicyOperations } from "./operations/resource-policies";
import { stateUpdateOperations } from "./operations/state-updates";
import { tagOperations } from "./operations/tags";
import { workflowExecutionOperations } from "./operations/workflow-executions";
import { workflowOperations } from "./operations/workflows";
import type { ServiceContext } from "./service-context";
import { ImageBuilderStore } from "./store";
import { managedWorkflows } from "./workflows/managed-workflows";
import { WorkflowExecutions } from "./workflows/workflow-executions";

export interface ImageBuilderSettings {
  readonly cloud: Cloud;
  readonly model: ApiModel;
  readonly authorizer: Authorizer;
  /** Where baked images go, and where the fleet finds them. */
  readonly images: MachineImages;
}

export interface ImageBuilder extends CloudPart {
  /**
   * Runs a lifecycle policy now, as it would run at a moment; AWS runs them on a schedule of its own only.
   * @returns the id of the execution
   * @throws ServiceError when there is no such policy, it is disabled, or it runs already
   */
  runLifecyclePolicy(arn: string, at: Date): string;
}

/** EC2 Image Builder: its resources, and images baked by really carrying out their component documents. */
export function imageBuilder(settings: ImageBuilderSettings): ImageBuilder {
  const { cloud, model, authorizer, images } = settings;
  const arns = new Arns(cloud);
  const store = new ImageBuilderStore(managedWorkflows(arns));
  const executions = new WorkflowExecutions(arns.prefix);
  const baker = new Baker(cloud, store, arns, images, authorizer, executions);
  const lifecycle = new LifecycleExecutions(cloud, store, arns, authorizer);
  const tokens = new ClientTokens();
  const context: ServiceContext = { cloud, store, arns, tokens, baker, lifecycle, executions };
  return {
    services: [
      {
        name: "imagebuilder",
        model,
        answersWithRecords: true,
        operations: {
          ...componentOperations(context),
          ...recipeOperations(context),
          ...infrastructureOperations(context),
          ...distributionOperations(context),
          ...pipelineOperations(context),
          ...imageOperations(context),
          ...lifecyclePolicyOperations(context),
          ...lifecycleExecutionOperations(context),
          ...stateUpdateOperations(context),
          ...resourcePolicyOperations(context),
          ...workflowOperations(context),
          ...workflowExecutionOperations(context),
          ...tagOperations(context),
        },
      },
    ],
    runLifecyclePolicy: (arn, at) => lifecycle.startPolicy(store.policies.get(arn), at).id,
    async close() {
      await Promise.all([baker.close(), lifecycle.close()]);
    },
  };
}
