import { prepareReleaseFunction } from "../../../contract/functions";
import { application, type Lab } from "../lab";
import type { Subject } from "../subject";
import { createTemplate, registerImage, versionsOf } from "./launch-templates";

export function prepareRelease(lab: Lab): Subject {
  const { name, parameters } = prepareReleaseFunction;
  const template = `sweep-${name}`;
  let trials = 0;
  return {
    name,
    bundle: name,
    async deploy() {
      const imageId = await registerImage(lab, name, "none");
      await createTemplate(lab, `${template}-blueprint`);
      await createTemplate(lab, template, imageId);
      await lab.function(name, {
        bundle: name,
        environment: {
          APPLICATION: application,
          ENVIRONMENT: "production",
          BLUEPRINT_TEMPLATE: `${template}-blueprint`,
          RELEASE_TEMPLATE: template,
        },
        actions: [
          "ec2:DescribeImages",
          "ec2:DescribeLaunchTemplateVersions",
          "ec2:CreateLaunchTemplateVersion",
          "ec2:DeleteLaunchTemplateVersions",
        ],
      });
      await lab.pipeline(name, parameters);
    },
    async begin() {
      const Version = `1.0.${++trials}`;
      const ImageId = await registerImage(lab, name, Version);
      return {
        variables: { Version, ImageId },
        found: async ({ outputs }) => ({
          things: (await versionsOf(lab, template, Version)).map(({ VersionNumber }) =>
            String(VersionNumber) === outputs.LaunchTemplateVersion
              ? "the launch template version that was told"
              : `launch template version ${VersionNumber}`,
          ),
        }),
      };
    },
  };
}
