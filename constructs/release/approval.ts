import type { PipelineAction } from "../shared/pipeline-action";

/** Holds an execution until a person says yes; a no fails the stage, and so does a week of silence. */
export function approval(question: string): PipelineAction {
  return {
    bind: () => ({
      definition: {
        name: "approve",
        category: "Approval",
        owner: "AWS",
        provider: "Manual",
        version: "1",
        configuration: { CustomData: question },
      },
      dependsOn: [],
    }),
  };
}
