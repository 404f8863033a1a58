import { CodeCommitClient, GetBranchCommand } from "@aws-sdk/client-codecommit";
import { noBaseImage } from "../../../contract/base-image";
import { prepareImageFunction } from "../../../contract/functions";
import { jarSha256, type Lab, repository } from "../lab";
import type { Subject } from "../subject";
import { ImageResources } from "./image-resources";

export function prepareImage(lab: Lab): Subject {
  const { name, parameters } = prepareImageFunction;
  const resources = new ImageResources(lab, name);
  let commitId = "";
  let trials = 0;
  return {
    name,
    bundle: name,
    async deploy() {
      await resources.deploy();
      const { branch } = await new CodeCommitClient(lab.settings.options).send(
        new GetBranchCommand({ repositoryName: repository, branchName: "main" }),
      );
      commitId = branch!.commitId!;
      await lab.function(name, {
        bundle: name,
        environment: {
          APPLICATION: resources.application,
          BASE_RECIPE_ARN: resources.baseRecipeArn,
          BASE_IMAGE_VERSION_ARN: noBaseImage,
          COMPONENT_NAME: resources.componentName,
          RECIPE_NAME: resources.recipeName,
        },
        actions: [
          "codecommit:GetCommit",
          "ec2:DescribeImages",
          "imagebuilder:GetImage",
          "imagebuilder:GetImageRecipe",
          "imagebuilder:GetComponent",
          "imagebuilder:CreateComponent",
          "imagebuilder:DeleteComponent",
          "imagebuilder:CreateImageRecipe",
          "imagebuilder:TagResource",
        ],
      });
      await lab.pipeline(name, parameters);
    },
    async begin() {
      const Version = `1.0.${++trials}`;
      return {
        variables: {
          Version,
          RepositoryName: repository,
          BranchName: "main",
          CommitId: commitId,
          JarSha256: jarSha256,
        },
        found: async ({ outputs }) => ({
          things: [
            ...(await resources.components(Version)).map(
              (arn) => `component ${same(arn, outputs.ComponentArn)}`,
            ),
            ...(await resources.recipes(Version)).map((arn) => `recipe ${same(arn, outputs.ImageRecipeArn)}`),
          ],
        }),
      };
    },
  };
}

/** Whether what there is is what the function says. */
function same(found: string, told: string | undefined): string {
  return found === told ? "as told" : `${found}, told ${told}`;
}
