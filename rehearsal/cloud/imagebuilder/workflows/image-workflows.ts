import type { WorkflowConfiguration, WorkflowParameter } from "@aws-sdk/client-imagebuilder";
import { ServiceError } from "../../api/service-error";
import type { Fields } from "../document-fields";
import { missingDependency } from "../resources";
import type { ImageBuilderStore, WorkflowRecord } from "../store";
import { stepActions } from "./step-actions";
import type {
  ParameterType,
  ParameterValue,
  WorkflowDocument,
  WorkflowParameterDefinition,
} from "./workflow-document";

/** A workflow that is part of the making of an image. */
export interface ImageWorkflow {
  readonly workflow: WorkflowRecord;
  readonly parameters: Fields;
  readonly parallelGroup: string | undefined;
  readonly onFailure: "CONTINUE" | "ABORT";
}

/**
 * The workflows of an image, the service's own where none are given.
 * @throws ServiceError when one does not exist, can't be carried out here, or is given wrong parameters
 */
export function imageWorkflows(
  store: ImageBuilderStore,
  given: readonly WorkflowConfiguration[] | undefined,
): ImageWorkflow[] {
  if (!given?.length) return store.managedWorkflows.map((workflow) => plain(workflow));
  const workflows = given.map((configuration) => configured(store, configuration));
  for (const type of ["BUILD", "DISTRIBUTION"])
    if (workflows.filter(({ workflow }) => workflow.type === type).length > 1)
      throw refused(`An image can have only one workflow of type ${type}.`);
  // an image that is built and has no such workflow of its own is distributed as its configuration says
  const types = new Set(workflows.map(({ workflow }) => workflow.type));
  if (!types.has("BUILD") || types.has("DISTRIBUTION")) return workflows;
  const managed = store.managedWorkflows.filter(({ type }) => type === "DISTRIBUTION");
  return [...workflows, ...managed.map((workflow) => plain(workflow))];
}

function configured(store: ImageBuilderStore, configuration: WorkflowConfiguration): ImageWorkflow {
  const { workflowArn, parameters = [], parallelGroup, onFailure } = configuration;
  const workflow = store.findWorkflow(workflowArn!);
  if (!workflow) throw missingDependency(workflowArn!);
  if (workflow.type !== "TEST" && (onFailure || parallelGroup))
    throw refused("'onFailure' and 'parallelGroup' can be set for test workflows only.");
  const reason = whyRefused(workflow.document);
  if (reason) throw refused(`The workflow '${workflow.arn}' can't be carried out here: ${reason}.`);
  return {
    workflow,
    parameters: values(workflow.document.parameters, parameters, workflow.arn),
    parallelGroup,
    onFailure: onFailure ?? "ABORT",
  };
}

const plain = (workflow: WorkflowRecord): ImageWorkflow => ({
  workflow,
  parameters: {},
  parallelGroup: undefined,
  onFailure: "ABORT",
});

function whyRefused({ steps }: WorkflowDocument): string | undefined {
  for (const { name, action, inputs } of steps) {
    const reason = stepActions[action]!.refused;
    if (reason) return `step ${name}, ${action}: ${reason}`;
    // AWS documents neither what it publishes nor what it invokes with
    if (action === "WaitForAction" && Object.keys(inputs).some((key) => /^(sns|lambda)/.test(key)))
      return `step ${name}, ${action}: it only sends an event; topics and functions are not told`;
  }
  return undefined;
}

function values(
  definitions: readonly WorkflowParameterDefinition[],
  given: readonly WorkflowParameter[],
  arn: string,
): Fields {
  const unknown = given.filter(({ name }) => !definitions.some((known) => known.name === name));
  if (unknown.length > 0)
    throw refused(
      `The workflow '${arn}' does not define the parameters ${unknown.map(({ name }) => name).join(", ")}.`,
    );
  return Object.fromEntries(
    definitions.map((definition) => {
      const { name, type } = definition;
      const value = given.find((parameter) => parameter.name === name)?.value;
      const found = value === undefined ? definition.default : typed(value, type);
      if (found === undefined)
        throw refused(
          `The parameter '${name}' of the workflow '${arn}' ${value === undefined ? "has no default and must be provided" : `must be of type ${type}`}.`,
        );
      return [name, found];
    }),
  );
}

function typed(value: readonly string[], type: ParameterType): ParameterValue | undefined {
  const [only = ""] = value;
  if (type === "stringList") return value;
  if (value.length !== 1) return undefined;
  switch (type) {
    case "string":
      return only;
    case "integer":
      return /^-?\d+$/.test(only) ? Number(only) : undefined;
    case "boolean":
      return only === "true" ? true : only === "false" ? false : undefined;
  }
}

const refused = (message: string): ServiceError => new ServiceError("InvalidRequestException", message);
