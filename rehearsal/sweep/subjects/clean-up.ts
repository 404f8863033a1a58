import { DescribeImagesCommand, DescribeSnapshotsCommand } from "@aws-sdk/client-ec2";
import { cleanUpFunction } from "../../../contract/functions";
import type { Lab } from "../lab";
import type { Subject } from "../subject";
import { ImageResources } from "./image-resources";

export function cleanUp(lab: Lab): Subject {
  const { name } = cleanUpFunction;
  const resources = new ImageResources(lab, name);
  let trials = 0;
  return {
    name,
    bundle: name,
    async deploy() {
      await resources.deploy();
      await lab.function(name, {
        bundle: name,
        environment: {
          APPLICATION: resources.application,
          COMPONENT_NAME: resources.componentName,
          RECIPE_NAME: resources.recipeName,
          BASE_NAME_PREFIX: `${name}-base`,
          REGIONS: lab.settings.options.region,
        },
        actions: [
          "imagebuilder:ListImages",
          "imagebuilder:ListImageBuildVersions",
          "imagebuilder:GetImage",
          "imagebuilder:CancelImageCreation",
          "imagebuilder:DeleteImage",
          "imagebuilder:ListImageRecipes",
          "imagebuilder:DeleteImageRecipe",
          "imagebuilder:ListComponents",
          "imagebuilder:ListComponentBuildVersions",
          "imagebuilder:DeleteComponent",
          "ec2:DescribeImages",
          "ec2:DeregisterImage",
          "ec2:DeleteSnapshot",
        ],
      });
    },
    async begin() {
      await resources.bake(`1.0.${++trials}`);
      // image pipelines go before this function is invoked
      await resources.pointTo(resources.baseRecipeArn);
      return {
        event: { tf: { action: "delete" } },
        async found() {
          const tagged = [{ Name: "tag:Ec2ImageBuilderArn", Values: [`*${resources.recipeName}*`] }];
          const { Images } = await lab.ec2.send(
            new DescribeImagesCommand({ Owners: ["self"], Filters: tagged }),
          );
          const { Snapshots } = await lab.ec2.send(
            new DescribeSnapshotsCommand({ OwnerIds: ["self"], Filters: tagged }),
          );
          const things = [
            ...(await resources.images()),
            ...(await resources.recipes()),
            ...(await resources.components()),
            ...(Images ?? []).map(({ ImageId }) => `AMI ${ImageId}`),
            ...(Snapshots ?? []).map(({ SnapshotId }) => `snapshot ${SnapshotId}`),
          ];
          return { things, state: [] };
        },
      };
    },
  };
}
