import type { ImagebuilderImagePipelineImageTestsConfiguration } from "@cdktf/provider-aws/lib/imagebuilder-image-pipeline";

/**
 * Whether the components' test phases run, on a second instance that is started from the new image. The time-out is the least
 * that the service takes.
 * https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_ImageTestsConfiguration.html
 */
export function imageTests(enabled: boolean): ImagebuilderImagePipelineImageTestsConfiguration {
  return { imageTestsEnabled: enabled, timeoutMinutes: 60 };
}
