import { type WorkflowType, workflowTypes } from "./workflow-document";

export type StepInputType = "string" | "boolean" | "list" | "map" | "strings";

export interface StepAction {
  readonly stages: readonly WorkflowType[];
  readonly defaultMinutes: number;
  readonly maxMinutes: number;
  readonly inputs: Readonly<Record<string, { readonly type: StepInputType; readonly required?: true }>>;
  /** Why it can't be carried out here, where it can't. */
  readonly refused?: string;
}

const everywhere = workflowTypes;
const onInstance = { instanceId: { type: "string", required: true } } as const;
const onDistributed = { distributedImages: { type: "list", required: true } } as const;
const containers = "containers are not built here";

/**
 * What each action of a step takes, in which stages, and how long it may take.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/wfdoc-step-actions.html
 */
export const stepActions: Readonly<Record<string, StepAction>> = {
  ApplyImageConfigurations: {
    stages: ["DISTRIBUTION"],
    defaultMinutes: 360,
    maxMinutes: 720,
    inputs: { ...onDistributed, configurations: { type: "list" } },
  },
  BootstrapInstanceForContainer: {
    stages: everywhere,
    defaultMinutes: 60,
    maxMinutes: 720,
    inputs: onInstance,
    refused: containers,
  },
  CollectImageMetadata: { stages: everywhere, defaultMinutes: 30, maxMinutes: 720, inputs: onInstance },
  CollectImageScanFindings: {
    stages: ["TEST"],
    defaultMinutes: 120,
    maxMinutes: 720,
    inputs: onInstance,
  },
  CreateImage: { stages: everywhere, defaultMinutes: 720, maxMinutes: 4320, inputs: onInstance },
  CreateImageFromIso: {
    stages: everywhere,
    defaultMinutes: 720,
    maxMinutes: 720,
    inputs: onInstance,
    refused: "disk images can't be imported here",
  },
  DistributeContainerImage: {
    stages: ["DISTRIBUTION"],
    defaultMinutes: 120,
    maxMinutes: 720,
    inputs: onInstance,
    refused: containers,
  },
  DistributeImage: {
    stages: ["DISTRIBUTION"],
    defaultMinutes: 360,
    maxMinutes: 720,
    inputs: { distributions: { type: "list" } },
  },
  ExecuteComponents: {
    stages: ["BUILD", "TEST"],
    defaultMinutes: 720,
    maxMinutes: 1440,
    inputs: onInstance,
  },
  ExecuteStateMachine: {
    stages: everywhere,
    defaultMinutes: 360,
    maxMinutes: 1440,
    inputs: { stateMachineArn: { type: "string", required: true }, input: { type: "string" } },
    refused: "state machines can't be run here",
  },
  LaunchInstance: {
    stages: everywhere,
    defaultMinutes: 75,
    maxMinutes: 720,
    inputs: {
      imageIdOverride: { type: "string" },
      instanceTypesOverride: { type: "strings" },
      waitFor: { type: "string", required: true },
      healthCheck: { type: "string" },
    },
  },
  ModifyImageAttributes: {
    stages: ["DISTRIBUTION"],
    defaultMinutes: 120,
    maxMinutes: 180,
    inputs: { ...onDistributed, attributes: { type: "list" } },
  },
  RegisterImage: {
    stages: everywhere,
    defaultMinutes: 540,
    maxMinutes: 720,
    inputs: {
      architecture: { type: "string" },
      blockDeviceMapping: { type: "list" },
      bootMode: { type: "string" },
      description: { type: "string" },
      enaSupport: { type: "boolean" },
      imageLocation: { type: "string" },
      imdsSupport: { type: "string" },
      includeSnapshotTags: { type: "boolean" },
      kernelId: { type: "string" },
      ramdiskId: { type: "string" },
      rootDeviceName: { type: "string" },
      sriovNetSupport: { type: "string" },
      tpmSupport: { type: "string" },
      uefiData: { type: "string" },
      virtualizationType: { type: "string" },
    },
    refused: "a snapshot holds no file system here",
  },
  RunCommand: {
    stages: everywhere,
    defaultMinutes: 720,
    maxMinutes: 720,
    inputs: {
      ...onInstance,
      documentName: { type: "string", required: true },
      documentVersion: { type: "string" },
      parameters: { type: "map" },
    },
  },
  RunSysPrep: { stages: everywhere, defaultMinutes: 60, maxMinutes: 720, inputs: onInstance },
  SanitizeInstance: { stages: everywhere, defaultMinutes: 60, maxMinutes: 720, inputs: onInstance },
  TerminateInstance: {
    stages: everywhere,
    defaultMinutes: 30,
    maxMinutes: 720,
    inputs: { ...onInstance, waitForTermination: { type: "boolean" } },
  },
  WaitForAction: {
    stages: everywhere,
    defaultMinutes: 4320,
    maxMinutes: 10080,
    inputs: {
      snsTopicArn: { type: "string" },
      lambdaFunctionName: { type: "string" },
      payload: { type: "string" },
    },
  },
  WaitForSSMAgent: { stages: everywhere, defaultMinutes: 60, maxMinutes: 180, inputs: onInstance },
};
