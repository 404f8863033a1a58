/** A workflow's document, schema 1.0. https://docs.aws.amazon.com/imagebuilder/latest/userguide/image-workflow-create-document.html */
export interface WorkflowDocument {
  readonly name: string | undefined;
  readonly parameters: readonly WorkflowParameterDefinition[];
  readonly steps: readonly WorkflowStep[];
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
}

export const workflowTypes = ["BUILD", "TEST", "DISTRIBUTION"] as const;
export type WorkflowType = (typeof workflowTypes)[number];

export const parameterTypes = ["string", "integer", "boolean", "stringList"] as const;
export type ParameterType = (typeof parameterTypes)[number];
export type ParameterValue = string | number | boolean | readonly string[];

export interface WorkflowParameterDefinition {
  readonly name: string;
  readonly type: ParameterType;
  readonly default: ParameterValue | undefined;
  readonly description: string | undefined;
}

export interface WorkflowStep {
  readonly name: string;
  readonly action: string;
  readonly description: string | undefined;
  readonly condition: unknown;
  readonly onFailure: "Abort" | "Continue";
  readonly rollbackEnabled: unknown;
  readonly timeoutSeconds: number;
  readonly inputs: Readonly<Record<string, unknown>>;
}
