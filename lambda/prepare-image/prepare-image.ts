import type { CodeCommitClient } from "@aws-sdk/client-codecommit";
import type { ComponentParameter, ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import type { componentParameters } from "../../contract/component";
import type { OutputsOf, prepareImageFunction } from "../../contract/functions";
import type { Request } from "../shared/action-handler";
import { clientToken } from "../shared/client-token";
import { reasonOf } from "../shared/errors";
import { siblingArn } from "../shared/image-builder-arn";
import { tagsOf } from "../shared/tags";
import type { Artifact } from "./artifact";
import { newestBaseImage, type BaseImage } from "./base-image";
import { readCommit } from "./commit";
import { deleteComponent, ensureComponent, type PreparedComponent } from "./component-version";
import { bakedBase, ensureRecipe, readBaseRecipe } from "./recipe-version";

export interface Services {
  readonly codeCommit: CodeCommitClient;
  readonly imageBuilder: ImagebuilderClient;
}

export interface PreparedImage {
  readonly outputs: OutputsOf<typeof prepareImageFunction>;
  /** The image that the release's starts from; undefined: the base recipe's content is baked with it. */
  readonly baseImage: BaseImage | undefined;
}

/** Makes the component version and the recipe version of a release, or leaves nothing. */
export async function prepareImage(
  { codeCommit, imageBuilder }: Services,
  { environment, parameters, attempt }: Request<typeof prepareImageFunction>,
  artifact: Artifact,
  artifactUri: string,
): Promise<PreparedImage> {
  const { Version: version, RepositoryName: repositoryName, CommitId: commitId } = parameters;
  const { message, ...dates } = await readCommit(codeCommit, repositoryName, commitId);
  const amiTags = tagsOf({
    ...dates,
    application: environment.APPLICATION,
    version,
    repositoryName,
    branchName: parameters.BranchName,
    commitId,
    commitMessage: message,
    artifactSha256: artifact.sha256,
  });
  const baseRecipe = await readBaseRecipe(imageBuilder, environment.BASE_RECIPE_ARN);
  const baseImage = await newestBaseImage(imageBuilder, environment.BASE_IMAGE_VERSION_ARN);
  const base = baseImage === undefined ? baseRecipe : bakedBase(baseRecipe, baseImage.imageId);
  const component = await ensureComponent(imageBuilder, {
    name: environment.COMPONENT_NAME,
    version,
    versionArn: siblingArn(environment.BASE_RECIPE_ARN, "component", environment.COMPONENT_NAME, version),
    data: artifact.component,
    tags: amiTags,
    clientToken: clientToken(attempt, "component"),
  });
  try {
    const ImageRecipeArn = await ensureRecipe(imageBuilder, base, {
      name: environment.RECIPE_NAME,
      version,
      arn: siblingArn(environment.BASE_RECIPE_ARN, "image-recipe", environment.RECIPE_NAME, version),
      component: {
        componentArn: component.arn,
        parameters: parametersOf({
          ArtifactUri: artifactUri,
          ArtifactSha256: artifact.sha256,
          Version: version,
          CommitId: commitId,
        }),
      },
      amiTags,
      clientToken: clientToken(attempt, "recipe"),
    });
    const outputs = { ComponentArn: component.arn, ImageRecipeArn, ArtifactSha256: artifact.sha256 };
    return { outputs, baseImage };
  } catch (error) {
    await withdraw(imageBuilder, component);
    throw error;
  }
}

/** Only what this invocation made; the reason why the recipe failed is told, not a failure of this. */
async function withdraw(imageBuilder: ImagebuilderClient, { arn, isNew }: PreparedComponent): Promise<void> {
  if (!isNew) return;
  try {
    await deleteComponent(imageBuilder, arn);
  } catch (error) {
    console.error(`component ${arn} is left behind: ${reasonOf(error)}`);
  }
}

function parametersOf(
  values: Readonly<Record<(typeof componentParameters)[number], string>>,
): ComponentParameter[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: [value] }));
}
