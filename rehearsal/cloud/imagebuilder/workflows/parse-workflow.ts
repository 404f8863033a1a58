import {
  DocumentError,
  type Fields,
  fields,
  integer,
  list,
  onlyKeys,
  optionalText,
  requiredText,
  rootOf,
  unique,
} from "../document-fields";
import { type StepAction, stepActions, type StepInputType } from "./step-actions";
import { checkCondition } from "./workflow-conditions";
import {
  type ParameterType,
  parameterTypes,
  type ParameterValue,
  type WorkflowDocument,
  type WorkflowParameterDefinition,
  type WorkflowStep,
  type WorkflowType,
} from "./workflow-document";

const documentKeys = ["name", "description", "schemaVersion", "parameters", "steps", "outputs"];
const stepKeys = [
  "name",
  "action",
  "description",
  "if",
  "inputs",
  "onFailure",
  "rollbackEnabled",
  "timeoutSeconds",
];
const mostSteps = 15;
/** Stands behind the name of an input whose value is a reference. */
const chaining = ".$";

/** @throws DocumentError */
export function parseWorkflow(source: string, type: WorkflowType): WorkflowDocument {
  const root = rootOf(source, documentKeys);
  const parameters = list(root.parameters ?? [], "parameters").map(parameter);
  unique(
    parameters.map(({ name }) => name),
    "parameter",
    "the document",
  );
  const steps = list(root.steps, "steps").map((each) => step(each, type));
  if (steps.length === 0) throw new DocumentError("steps must not be empty");
  if (steps.length > mostSteps)
    throw new DocumentError(`the document has ${steps.length} steps; at most ${mostSteps} are allowed`);
  unique(
    steps.map(({ name }) => name),
    "step",
    "the document",
  );
  const outputs = list(root.outputs ?? [], "outputs").map(output);
  unique(
    outputs.map(({ name }) => name),
    "output",
    "the document",
  );
  return { name: optionalText(root.name, "name"), parameters, steps, outputs };
}

function parameter(value: unknown): WorkflowParameterDefinition {
  const settings = fields(value, "a parameter");
  const name = requiredText(settings.name, "name", "a parameter");
  const what = `parameter '${name}'`;
  onlyKeys(settings, ["name", "type", "default", "description"], what);
  const type = (settings.type ?? "string") as ParameterType;
  if (!parameterTypes.includes(type))
    throw new DocumentError(`${what} must have one of the types ${parameterTypes.join(", ")}`);
  const given = settings.default;
  if (given !== undefined && !hasParameterType(given, type))
    throw new DocumentError(`${what} must have a default of type ${type}`);
  const description = optionalText(settings.description, `the description of ${what}`);
  return { name, type, default: given as ParameterValue | undefined, description };
}

function hasParameterType(value: unknown, type: ParameterType): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "integer":
      return Number.isInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "stringList":
      return Array.isArray(value) && value.every((each) => typeof each === "string");
  }
}

function step(value: unknown, type: WorkflowType): WorkflowStep {
  const settings = fields(value, "a step");
  const name = requiredText(settings.name, "name", "a step");
  try {
    onlyKeys(settings, stepKeys, "the step");
    if (!/^\w{3,128}$/.test(name))
      throw new DocumentError("a step's name has 3 to 128 letters, digits and underscores");
    const action = requiredText(settings.action, "action", "the step");
    const known = stepActions[action];
    if (!known) throw new DocumentError(`Action ${action} is not supported`);
    if (!known.stages.includes(type))
      throw new DocumentError(`Action ${action} can't be used in a workflow of type ${type}`);
    const onFailure = settings.onFailure ?? "Abort";
    if (onFailure !== "Abort" && onFailure !== "Continue")
      throw new DocumentError(`onFailure '${String(onFailure)}' must be Abort or Continue`);
    checkCondition(settings.if);
    return {
      name,
      action,
      description: optionalText(settings.description, "the description"),
      condition: settings.if,
      onFailure,
      rollbackEnabled: settings.rollbackEnabled ?? true,
      timeoutSeconds: integer(
        settings.timeoutSeconds ?? known.defaultMinutes * 60,
        "timeoutSeconds",
        (seconds) => seconds >= 1 && seconds <= known.maxMinutes * 60,
      ),
      inputs: inputs(fields(settings.inputs ?? {}, "inputs"), action, known),
    };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new DocumentError(`Parsing step '${name}' failed. Error: ${error.message}`);
  }
}

function inputs(given: Fields, action: string, known: StepAction): Fields {
  const names = Object.keys(given).map(withoutChaining);
  unique(names, "input", `action ${action}`);
  for (const name of names)
    if (!known.inputs[name])
      throw new DocumentError(
        `action ${action} has no input '${name}'; known are ${Object.keys(known.inputs).join(", ") || "none"}`,
      );
  for (const [name, { type, required }] of Object.entries(known.inputs)) {
    if (required && !names.includes(name))
      throw new DocumentError(`action ${action} requires the input '${name}'`);
    const value = given[name];
    if (value !== undefined && !isReference(value) && !hasInputType(value, type))
      throw new DocumentError(`the input '${name}' of action ${action} must be a ${type}`);
  }
  for (const [name, value] of Object.entries(given))
    if (name.endsWith(chaining) && typeof value !== "string")
      throw new DocumentError(`the input '${name}' of action ${action} must be a reference`);
  return given;
}

function output(value: unknown): { name: string; value: string } {
  const settings = fields(value, "an output");
  onlyKeys(settings, ["name", "value"], "an output");
  const name = requiredText(settings.name, "name", "an output");
  return { name, value: requiredText(settings.value, "value", `output '${name}'`) };
}

function hasInputType(value: unknown, type: StepInputType): boolean {
  switch (type) {
    case "string":
      return typeof value === "string" || typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "strings":
      return Array.isArray(value) && value.every((each) => typeof each === "string");
    case "map":
      return typeof value === "object" && value !== null && !Array.isArray(value);
  }
}

const isReference = (value: unknown): boolean => typeof value === "string" && value.startsWith("$.");
const withoutChaining = (name: string): string =>
  name.endsWith(chaining) ? name.slice(0, -chaining.length) : name;
