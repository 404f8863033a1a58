import type { CreateImageRequest, ImageTestsConfiguration } from "@aws-sdk/client-imagebuilder";
import type { Permission } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { Arns } from "./arns";
import { passRole, reading } from "./permissions";
import { missingDependency } from "./resources";
import type { ImageBuilderStore } from "./store";
import { newest } from "./versions";
import { imageWorkflows } from "./workflows/image-workflows";

/** What an image pipeline, and an image without one, is made from. */
type ImageSettings = Pick<
  CreateImageRequest,
  | "imageRecipeArn"
  | "containerRecipeArn"
  | "infrastructureConfigurationArn"
  | "distributionConfigurationArn"
  | "executionRole"
  | "workflows"
>;

/** Whoever puts a pipeline together must be allowed to read its parts, and to hand over the role that it runs with. */
export function imageSettingPermissions(
  arns: Arns,
  store: ImageBuilderStore,
  settings: ImageSettings,
): Permission[] {
  const { imageRecipeArn, infrastructureConfigurationArn, distributionConfigurationArn, executionRole } =
    settings;
  return [
    ...(imageRecipeArn ? reading("GetImageRecipe", imageRecipeArn) : []),
    ...(infrastructureConfigurationArn
      ? reading("GetInfrastructureConfiguration", infrastructureConfigurationArn)
      : []),
    ...(distributionConfigurationArn
      ? reading("GetDistributionConfiguration", distributionConfigurationArn)
      : []),
    ...(settings.workflows ?? []).flatMap(({ workflowArn }) =>
      reading("GetWorkflow", store.findWorkflow(workflowArn!)?.arn ?? workflowArn!),
    ),
    ...(executionRole ? [passRole(arns.role(executionRole), "imagebuilder.amazonaws.com")] : []),
  ];
}

/** @throws ServiceError when a part does not exist, or is one that can't be built here */
export function checkImageSettings(store: ImageBuilderStore, settings: ImageSettings): void {
  const { imageRecipeArn, containerRecipeArn, infrastructureConfigurationArn, distributionConfigurationArn } =
    settings;
  if (containerRecipeArn || !imageRecipeArn)
    throw new ServiceError(
      "InvalidParameterCombinationException",
      containerRecipeArn ? "Container images can't be built here." : "An 'imageRecipeArn' must be supplied.",
    );
  if (!newest(store.recipes.all(), imageRecipeArn)) throw missingDependency(imageRecipeArn);
  if (!store.infrastructures.find(infrastructureConfigurationArn!))
    throw missingDependency(infrastructureConfigurationArn!);
  if (distributionConfigurationArn && !store.distributions.find(distributionConfigurationArn))
    throw missingDependency(distributionConfigurationArn);
  if (settings.workflows?.length && !settings.executionRole)
    throw new ServiceError("InvalidRequestException", "An execution role is required to provide workflows.");
  imageWorkflows(store, settings.workflows);
}

export function withTestDefaults(given: ImageTestsConfiguration | undefined): ImageTestsConfiguration {
  return {
    imageTestsEnabled: given?.imageTestsEnabled ?? true,
    timeoutMinutes: given?.timeoutMinutes ?? 720,
  };
}
