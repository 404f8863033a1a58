import type { DisableStageTransitionInput, EnableStageTransitionInput } from "@aws-sdk/client-codepipeline";
import type { Operation } from "../../api/service";
import type { PipelineStore } from "../store";

/** Opening and closing the ways into a stage and out of it. */
export function transitionOperations(store: PipelineStore) {
  const enableStageTransition: Operation<EnableStageTransitionInput, void> = {
    permissions: store.onStage("EnableStageTransition"),
    run({ pipelineName, stageName, transitionType }) {
      const pipeline = store.get(pipelineName!);
      const stage = store.stage(pipeline, stageName!);
      if (transitionType === "Outbound") stage.outboundEnabled = true;
      else stage.transition = { enabled: true };
      store.applyTransitions(pipeline);
    },
  };
  const disableStageTransition: Operation<DisableStageTransitionInput, void> = {
    permissions: store.onStage("DisableStageTransition"),
    run({ pipelineName, stageName, transitionType, reason }, call) {
      const pipeline = store.get(pipelineName!);
      const stage = store.stage(pipeline, stageName!);
      if (transitionType === "Outbound") stage.outboundEnabled = false;
      else
        stage.transition = {
          enabled: false,
          disabledReason: reason,
          lastChangedAt: new Date(),
          lastChangedBy: call.caller.arn,
        };
      store.applyTransitions(pipeline);
    },
  };
  return { EnableStageTransition: enableStageTransition, DisableStageTransition: disableStageTransition };
}
