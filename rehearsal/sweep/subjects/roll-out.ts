import { rollOutFunction } from "../../../contract/functions";
import type { Lab } from "../lab";
import type { Subject } from "../subject";
import { createTemplate, createVersion, registerImage, versionsOf } from "./launch-templates";
import { SweptGroup } from "./swept-group";

/** What a roll-out finds. */
type Situation = "running" | "refused" | "new" | "stopped";

/** To a fleet that runs, the same when somebody rolls it back, to one that never ran, to one that is stopped. */
export const rollOuts = (lab: Lab): Subject[] => [
  rollOut(lab, "roll-out", "running"),
  rollOut(lab, "refused-roll-out", "refused"),
  rollOut(lab, "first-roll-out", "new"),
  rollOut(lab, "stopped-roll-out", "stopped"),
];

function rollOut(lab: Lab, name: string, situation: Situation): Subject {
  const group = new SweptGroup(lab, `sweep-${name}`);
  let trials = 0;
  let imageId = "";
  return {
    name,
    bundle: rollOutFunction.name,
    ...(situation === "refused" ? { fails: /ended RollbackSuccessful/ } : {}),
    async deploy() {
      imageId = await registerImage(lab, name, "none");
      await createTemplate(lab, group.name, imageId);
      await group.create();
      await lab.function(name, {
        bundle: rollOutFunction.name,
        environment: {
          AUTO_SCALING_GROUP: group.name,
          RELEASE_TEMPLATE: group.name,
          DESIRED_CAPACITY: "1",
          REFRESH_PREFERENCES: JSON.stringify({
            MinHealthyPercentage: 100,
            MaxHealthyPercentage: 200,
            // long enough for somebody to roll it back
            InstanceWarmup: situation === "refused" ? 3600 : 0,
            SkipMatching: true,
          }),
        },
        actions: [
          "autoscaling:DescribeAutoScalingGroups",
          "autoscaling:DescribeInstanceRefreshes",
          "autoscaling:DescribeScalingActivities",
          "autoscaling:StartInstanceRefresh",
          "autoscaling:UpdateAutoScalingGroup",
          "ec2:RunInstances",
          "ec2:DescribeLaunchTemplateVersions",
          "ec2:ModifyLaunchTemplate",
          "ec2:DeleteLaunchTemplateVersions",
          "elasticloadbalancing:DescribeTargetHealth",
        ],
      });
      await lab.pipeline(name, rollOutFunction.parameters);
      const first = await createVersion(lab, group.name, "1.0.0", imageId);
      if (situation !== "new") await group.set(first, situation === "stopped" ? 0 : 1);
    },
    async begin() {
      const Version = `1.0.${++trials}`;
      if (situation === "new") await group.set("1", 0);
      await group.steady();
      const version = await createVersion(lab, group.name, Version, imageId);
      return {
        variables: { Version, LaunchTemplateVersion: version },
        ...(situation === "refused" ? { meanwhile: (signal) => group.rollBack(version, signal) } : {}),
        found: async () => ({
          things: [
            ...(await versionsOf(lab, group.name, Version)).map(() => "a launch template version"),
            ...(await group.refreshesTo(version)).map(() => "a refresh"),
          ],
          state: await group.state(version),
        }),
      };
    },
  };
}
