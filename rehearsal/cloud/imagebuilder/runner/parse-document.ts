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
import { type ActionModule, type InputType } from "./action-module";
import { BadCondition, holds } from "./conditions";
import {
  type ComponentDocument,
  type DocumentParameter,
  type Inputs,
  type Loop,
  type OnFailure,
  onFailures,
  type Phase,
  type Step,
} from "./document";
import { modules, windowsModules } from "./modules/modules";

const documentKeys = ["name", "description", "schemaVersion", "parameters", "constants", "phases"];
const stepKeys = ["name", "action", "timeoutSeconds", "onFailure", "maxAttempts", "inputs", "loop", "if"];
const imagePhases = ["build", "validate", "test", "container-host-test"];
const variableName = /^[A-Za-z0-9_-]{3,128}$/;

/** @throws DocumentError */
export function parseDocument(source: string): ComponentDocument {
  const root = rootOf(source, documentKeys);
  const parameters = list(root.parameters ?? [], "parameters").map(parameter);
  const constants = new Map(list(root.constants ?? [], "constants").map(constant));
  const names = [...parameters.map(({ name }) => name), ...constants.keys()];
  unique(names, "parameter or constant", "the document");
  const phases = list(root.phases, "phases").map(phase);
  if (phases.length === 0) throw new DocumentError("phases must not be empty");
  unique(
    phases.map(({ name }) => name),
    "phase",
    "the document",
  );
  if (!phases.some(({ name }) => imagePhases.includes(name)))
    throw new DocumentError(`the document has none of the phases ${imagePhases.join(", ")}`);
  return { name: optionalText(root.name, "name"), parameters, constants, phases };
}

function parameter(value: unknown): DocumentParameter {
  const [name, settings] = variable(value, "parameters", ["type", "default", "description"]);
  if (
    settings.default !== undefined &&
    typeof settings.default !== "string" &&
    typeof settings.default !== "number"
  )
    throw new DocumentError(`parameter '${name}' must have a default of type string`);
  return {
    name,
    default: settings.default === undefined ? undefined : String(settings.default),
    description: optionalText(settings.description, `the description of parameter '${name}'`),
  };
}

function constant(value: unknown): [string, string] {
  const [name, settings] = variable(value, "constants", ["type", "value"]);
  if (settings.value === undefined) throw new DocumentError(`constant '${name}' has no value`);
  return [name, String(settings.value)];
}

function variable(value: unknown, section: string, keys: readonly string[]): [string, Fields] {
  const entry = Object.entries(fields(value, `an entry of ${section}`));
  const [first] = entry;
  if (!first || entry.length !== 1)
    throw new DocumentError(`an entry of ${section} must have exactly one name`);
  const [name, settings] = [first[0], fields(first[1], `'${first[0]}' in ${section}`)];
  if (!variableName.test(name))
    throw new DocumentError(
      `'${name}' in ${section} is not a name: 3 to 128 letters, digits, dashes and underscores`,
    );
  onlyKeys(settings, keys, `'${name}' in ${section}`);
  if (settings.type !== "string") throw new DocumentError(`'${name}' in ${section} must have type string`);
  return [name, settings];
}

function phase(value: unknown): Phase {
  const settings = fields(value, "a phase");
  onlyKeys(settings, ["name", "steps"], "a phase");
  const name = requiredText(settings.name, "name", "a phase");
  const steps = list(settings.steps, `steps of phase '${name}'`).map((each) => step(each, name));
  if (steps.length === 0) throw new DocumentError(`phase '${name}' has no steps`);
  unique(
    steps.map((each) => each.name),
    "step",
    `phase '${name}'`,
  );
  return { name, steps };
}

function step(value: unknown, phaseName: string): Step {
  const settings = fields(value, `a step of phase '${phaseName}'`);
  const name = requiredText(settings.name, "name", `a step of phase '${phaseName}'`);
  try {
    onlyKeys(settings, stepKeys, "the step");
    const action = requiredText(settings.action, "action", "the step");
    const module = modules[action];
    if (!module && windowsModules.includes(action))
      throw new DocumentError(`Action ${action} is not supported on Linux`);
    if (!module) throw new DocumentError(`Action ${action} is not supported`);
    const onFailure = (settings.onFailure ?? "Abort") as OnFailure;
    if (!onFailures.includes(onFailure))
      throw new DocumentError(`onFailure '${String(onFailure)}' must be one of ${onFailures.join(", ")}`);
    checkCondition(settings.if);
    if (module.unlimited) requireUnlimited(settings, action);
    return {
      name,
      action,
      timeoutSeconds: integer(
        settings.timeoutSeconds ?? (module.unlimited ? -1 : 7200),
        "timeoutSeconds",
        (number) => number === -1 || number > 0,
      ),
      onFailure,
      maxAttempts: integer(settings.maxAttempts ?? 1, "maxAttempts", (number) => number > 0),
      inputs: inputs(settings.inputs, action, module),
      loop: settings.loop === undefined ? undefined : loop(settings.loop),
      condition: settings.if,
    };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new DocumentError(`Parsing step '${name}' in phase '${phaseName}' failed. Error: ${error.message}`);
  }
}

function requireUnlimited({ timeoutSeconds = -1, maxAttempts = 1 }: Fields, action: string): void {
  if (timeoutSeconds !== -1) throw new DocumentError(`Action ${action} allows no timeoutSeconds but -1`);
  if (maxAttempts !== 1) throw new DocumentError(`Action ${action} allows no maxAttempts but 1`);
}

function inputs(value: unknown, action: string, module: ActionModule): Inputs {
  const missing = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
  if (missing && module.takes === "optional") return {};
  if (missing) throw new DocumentError(`Action ${action} has no inputs; it requires an 'inputs'`);
  const maps = Array.isArray(value)
    ? value.map((each) => fields(each, "an input"))
    : [fields(value, "inputs")];
  if (module.takes !== "list" && Array.isArray(value))
    throw new DocumentError(`Action ${action} takes one map of inputs, not a list`);
  if (!module.free) for (const map of maps) checkInputs(map, action, module);
  return (module.takes === "list" ? maps : maps[0]!) as Inputs;
}

function checkInputs(map: Fields, action: string, module: ActionModule): void {
  onlyKeys(map, Object.keys(module.inputs), `the inputs of action ${action}`);
  for (const [name, { type, required }] of Object.entries(module.inputs)) {
    const value = map[name];
    if (value === undefined || value === null) {
      if (required) throw new DocumentError(`Action ${action} requires the input '${name}'`);
    } else if (!hasType(value, type))
      throw new DocumentError(`The input '${name}' of action ${action} must be a ${type}`);
  }
}

/** Where a type other than string is asked for, a reference may stand for it. */
function hasType(value: unknown, type: InputType): boolean {
  const isReference = typeof value === "string" && value.includes("{{");
  switch (type) {
    case "string":
      return typeof value === "string" || typeof value === "number";
    case "boolean":
      return typeof value === "boolean" || isReference;
    case "integer":
      return Number.isInteger(value) || isReference;
    case "maps":
      return Array.isArray(value) && value.every((each) => typeof each === "object" && each !== null);
    case "strings":
      return (
        Array.isArray(value) && value.every((each) => ["string", "number", "boolean"].includes(typeof each))
      );
  }
}

function loop(value: unknown): Loop {
  const settings = fields(value, "loop");
  onlyKeys(settings, ["name", "for", "forEach"], "loop");
  const name = optionalText(settings.name, "the name of the loop");
  if (Array.isArray(settings.forEach)) return { name, values: settings.forEach.map(String) };
  if (settings.forEach !== undefined) {
    const { list: text, delimiter = "," } = fields(settings.forEach, "forEach");
    return { name, values: { list: requiredText(text, "list", "forEach"), delimiter: String(delimiter) } };
  }
  const { start, end, updateBy } = fields(settings.for, "for");
  const [from, to, by] = [start, end, updateBy].map((each) =>
    integer(each, "a bound of the loop", () => true),
  );
  if (by === 0 || (to! - from!) * by! < 0) throw new DocumentError("the loop would never end");
  const values: string[] = [];
  for (let at = from!; by! > 0 ? at <= to! : at >= to!; at += by!) values.push(String(at));
  return { name, values };
}

function checkCondition(condition: unknown): void {
  if (condition === undefined) return;
  try {
    holds(Array.isArray(condition) ? condition[0] : condition, { variables: new Map(), steps: new Map() });
  } catch (error) {
    if (!(error instanceof BadCondition)) throw error;
    throw new DocumentError(`if: ${error.message}`);
  }
}
