import { withdrawReleaseFunction } from "../../../contract/functions";
import type { Lab } from "../lab";
import type { Subject } from "../subject";
import { createTemplate, createVersion, registerImage, versionsOf } from "./launch-templates";
import { RejectedExecutions, rejectedStage } from "./rejected-execution";
import { SweptGroup } from "./swept-group";

/** As EventBridge invokes it for an execution whose approval was rejected. */
export function withdrawRelease(lab: Lab): Subject {
  const { name } = withdrawReleaseFunction;
  const executions = new RejectedExecutions(lab, name);
  const group = new SweptGroup(lab, `sweep-${name}`);
  return {
    name,
    bundle: name,
    async deploy() {
      await createTemplate(lab, group.name, await registerImage(lab, name, "none"));
      await group.create();
      await executions.deploy();
      await lab.function(name, {
        bundle: name,
        environment: {
          STAGE: rejectedStage,
          AUTO_SCALING_GROUP: group.name,
          RELEASE_TEMPLATE: group.name,
        },
        actions: [
          "codepipeline:GetPipelineExecution",
          "codepipeline:ListActionExecutions",
          "autoscaling:DescribeAutoScalingGroups",
          "autoscaling:DescribeInstanceRefreshes",
          "ec2:DescribeLaunchTemplateVersions",
          "ec2:DeleteLaunchTemplateVersions",
        ],
      });
    },
    async begin() {
      let version = "";
      const event = await executions.reject(async (drawn) => {
        version = drawn;
        await createVersion(lab, group.name, drawn, await registerImage(lab, name, drawn));
      });
      return {
        event,
        found: async () => ({
          things: (await versionsOf(lab, group.name, version)).map(() => "the launch template version"),
          state: await group.state("none"),
        }),
      };
    },
  };
}
