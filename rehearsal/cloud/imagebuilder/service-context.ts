import type { Cloud } from "../cloud";
import type { Arns } from "./arns";
import type { Baker } from "./bake/baker";
import type { ClientTokens } from "./client-tokens";
import type { LifecycleExecutions } from "./lifecycle/lifecycle-executions";
import type { ImageBuilderStore } from "./store";
import type { WorkflowExecutions } from "./workflows/workflow-executions";

/** What the operations share. */
export interface ServiceContext {
  readonly cloud: Cloud;
  readonly store: ImageBuilderStore;
  readonly arns: Arns;
  readonly tokens: ClientTokens;
  readonly baker: Baker;
  readonly lifecycle: LifecycleExecutions;
  readonly executions: WorkflowExecutions;
}
