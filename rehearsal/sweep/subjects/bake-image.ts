import { DescribeImagesCommand } from "@aws-sdk/client-ec2";
import { bakeImageFunction } from "../../../contract/functions";
import type { Lab } from "../lab";
import type { Subject } from "../subject";
import { ImageResources, pointsImagePipeline } from "./image-resources";

export function bakeImage(lab: Lab): Subject {
  const { name, parameters } = bakeImageFunction;
  const resources = new ImageResources(lab, name);
  let trials = 0;
  return {
    name,
    bundle: name,
    async deploy() {
      await resources.deploy();
      await lab.function(name, {
        bundle: name,
        environment: { IMAGE_PIPELINE_ARN: resources.imagePipelineArn },
        actions: [
          ...pointsImagePipeline,
          "imagebuilder:StartImagePipelineExecution",
          "imagebuilder:GetImage",
          "imagebuilder:TagResource",
        ],
      });
      await lab.pipeline(name, parameters);
    },
    async begin() {
      const Version = `1.0.${++trials}`;
      const ImageRecipeArn = await resources.release(Version);
      return {
        variables: { Version, ImageRecipeArn },
        async found({ outputs }) {
          const { Images } = await lab.ec2.send(
            new DescribeImagesCommand({
              Owners: ["self"],
              Filters: [
                { Name: "tag:Version", Values: [Version] },
                { Name: "name", Values: [`${name}-*`] },
              ],
            }),
          );
          const things = [
            ...(await resources.images(Version)).map((arn) =>
              arn === outputs.ImageArn ? "the image that was told" : `image ${arn}`,
            ),
            ...(Images ?? []).map(({ ImageId }) =>
              ImageId === outputs.ImageId ? "the AMI that was told" : `AMI ${ImageId}`,
            ),
          ];
          return { things };
        },
      };
    },
  };
}
