import type { Fields } from "../document-fields";
import type { WorkflowType } from "../workflows/workflow-document";
import type { BakeContext } from "./bake-context";

const phases = { BUILD: "Build", TEST: "Test", DISTRIBUTION: "Distribution" } as const;

/** https://docs.aws.amazon.com/imagebuilder/latest/userguide/wfdoc-dynamic-vars.html#wfdoc-ib-vars */
export function systemVariables({ image, recipe, parent, log }: BakeContext, type: WorkflowType): Fields {
  const infrastructure = image.infrastructureConfiguration!;
  const [version, build] = image.version!.split("/");
  const logs = infrastructure.logging?.s3Logs;
  return {
    cloudWatchLogGroup: log.group,
    cloudWatchLogStream: log.stream,
    collectImageMetadata: image.enhancedImageMetadataEnabled,
    collectImageScanFindings: image.imageScanningConfiguration?.imageScanningEnabled ?? false,
    dateTime: new Date().toISOString(),
    imageBuildNumber: Number(build),
    imageId: parent.imageId,
    imageName: image.name,
    imageType: "AMI",
    imageVersionNumber: version,
    instanceProfileName: infrastructure.instanceProfileName,
    platform: "Linux",
    s3Logs: logs ? { s3Logs: logs } : {},
    securityGroups: infrastructure.securityGroupIds ?? [],
    sourceImageARN: image.arn,
    subnetId: infrastructure.subnetId ?? "",
    terminateInstanceOnFailure: infrastructure.terminateInstanceOnFailure ?? true,
    workflowPhase: phases[type],
    workingDirectory: recipe.workingDirectory ?? "/",
  };
}
