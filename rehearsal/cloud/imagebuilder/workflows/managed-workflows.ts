import type { Arns } from "../arns";
import type { WorkflowRecord } from "../store";
import { parseWorkflow } from "./parse-workflow";
import type { WorkflowType } from "./workflow-document";

const build = `name: build-image
description: Builds an AMI
schemaVersion: 1.0
steps:
  - { name: LaunchBuildInstance, action: LaunchInstance, inputs: { waitFor: ssmAgent } }
  - name: ApplyBuildComponents
    action: ExecuteComponents
    inputs: { instanceId.$: $.stepOutputs.LaunchBuildInstance.instanceId }
  - name: InventoryCollection
    action: CollectImageMetadata
    if: { booleanEquals: true, value: $.imagebuilder.collectImageMetadata }
    inputs: { instanceId.$: $.stepOutputs.LaunchBuildInstance.instanceId }
  - name: RunSanitizeScript
    action: SanitizeInstance
    inputs: { instanceId.$: $.stepOutputs.LaunchBuildInstance.instanceId }
  - name: CreateOutputAMI
    action: CreateImage
    inputs: { instanceId.$: $.stepOutputs.LaunchBuildInstance.instanceId }
  - name: TerminateBuildInstance
    action: TerminateInstance
    onFailure: Continue
    inputs: { instanceId.$: $.stepOutputs.LaunchBuildInstance.instanceId }
outputs:
  - { name: ImageId, value: $.stepOutputs.CreateOutputAMI.imageId }
`;

const test = `name: test-image
description: Tests an AMI on an instance that is launched from it
schemaVersion: 1.0
steps:
  - { name: LaunchTestInstance, action: LaunchInstance, inputs: { waitFor: ssmAgent } }
  - name: CollectImageScanFindings
    action: CollectImageScanFindings
    onFailure: Continue
    if: { booleanEquals: true, value: $.imagebuilder.collectImageScanFindings }
    inputs: { instanceId.$: $.stepOutputs.LaunchTestInstance.instanceId }
  - name: ApplyTestComponents
    action: ExecuteComponents
    inputs: { instanceId.$: $.stepOutputs.LaunchTestInstance.instanceId }
  - name: TerminateTestInstance
    action: TerminateInstance
    onFailure: Continue
    inputs: { instanceId.$: $.stepOutputs.LaunchTestInstance.instanceId }
`;

const distribution = `name: distribute-image
description: Distributes an AMI as the distribution configuration says
schemaVersion: 1.0
steps:
  - { name: DistributeImage, action: DistributeImage }
  - name: ModifyImageAttributes
    action: ModifyImageAttributes
    inputs: { distributedImages.$: $.stepOutputs.DistributeImage.distributedImages }
  - name: ApplyImageConfigurations
    action: ApplyImageConfigurations
    inputs: { distributedImages.$: $.stepOutputs.DistributeImage.distributedImages }
`;

const documents: readonly (readonly [WorkflowType, string, string])[] = [
  ["BUILD", "build-image", build],
  ["TEST", "test-image", test],
  ["DISTRIBUTION", "distribute-image", distribution],
];

/** Workflows of the names that AWS's have, with what a bake does here. */
export function managedWorkflows(arns: Arns): WorkflowRecord[] {
  return documents.map(([type, name, data]) => ({
    arn: arns.managedWorkflow(type, name),
    name,
    version: "1.0.0",
    type,
    owner: "Amazon",
    description: `Managed workflow ${name}`,
    data,
    dateCreated: "2023-11-16T00:00:00.000Z",
    tags: {},
    document: parseWorkflow(data, type),
  }));
}
