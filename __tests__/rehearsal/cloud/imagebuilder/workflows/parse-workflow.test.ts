import { DocumentError } from "../../../../../rehearsal/cloud/imagebuilder/document-fields";
import { parseWorkflow } from "../../../../../rehearsal/cloud/imagebuilder/workflows/parse-workflow";
import { isMet } from "../../../../../rehearsal/cloud/imagebuilder/workflows/workflow-conditions";
import type { WorkflowType } from "../../../../../rehearsal/cloud/imagebuilder/workflows/workflow-document";
import { resolveFields } from "../../../../../rehearsal/cloud/imagebuilder/workflows/workflow-values";

const launch = "{ name: Launch, action: LaunchInstance, inputs: { waitFor: ssmAgent } }";
const document = (steps: string, more = ""): string => `schemaVersion: 1.0\n${more}\nsteps: [${steps}]\n`;

it("gives a step what it does not say", () => {
  expect(parseWorkflow(document(launch), "BUILD").steps).toEqual([
    {
      name: "Launch",
      action: "LaunchInstance",
      description: undefined,
      condition: undefined,
      onFailure: "Abort",
      rollbackEnabled: true,
      timeoutSeconds: 75 * 60,
      inputs: { waitFor: "ssmAgent" },
    },
  ]);
});

it("takes parameters of four types, with a default or without", () => {
  const parameters = `parameters:
  - { name: text, type: string }
  - { name: number, type: integer, default: 3 }
  - { name: flag, type: boolean, default: true, description: said }
  - { name: list, type: stringList, default: [a, b] }`;
  expect(parseWorkflow(document(launch, parameters), "TEST").parameters).toEqual([
    { name: "text", type: "string", default: undefined, description: undefined },
    { name: "number", type: "integer", default: 3, description: undefined },
    { name: "flag", type: "boolean", default: true, description: "said" },
    { name: "list", type: "stringList", default: ["a", "b"], description: undefined },
  ]);
});

it.each<[string, string, WorkflowType, string]>([
  ["an unknown action", "{ name: One, action: Fly }", "BUILD", "Action Fly is not supported"],
  [
    "an action of another stage",
    "{ name: One, action: DistributeImage }",
    "BUILD",
    "Action DistributeImage can't be used in a workflow of type BUILD",
  ],
  ["a missing input", "{ name: One, action: LaunchInstance }", "TEST", "requires the input 'waitFor'"],
  [
    "an unknown input",
    "{ name: One, action: WaitForAction, inputs: { topic: a } }",
    "TEST",
    "has no input 'topic'; known are snsTopicArn, lambdaFunctionName, payload",
  ],
  [
    "an input of another type",
    "{ name: One, action: TerminateInstance, inputs: { instanceId: i-1, waitForTermination: maybe } }",
    "TEST",
    "the input 'waitForTermination' of action TerminateInstance must be a boolean",
  ],
  [
    "an input that is given twice",
    "{ name: One, action: TerminateInstance, inputs: { instanceId: i-1, instanceId.$: $.parameters.a } }",
    "TEST",
    "input 'instanceId' occurs twice",
  ],
  [
    "a time-out above the action's",
    "{ name: One, action: WaitForSSMAgent, timeoutSeconds: 10801, inputs: { instanceId: i-1 } }",
    "BUILD",
    "timeoutSeconds 10801 is not allowed",
  ],
  [
    "a step that ignores failures",
    "{ name: One, action: WaitForAction, onFailure: Ignore }",
    "BUILD",
    "Abort or Continue",
  ],
  ["a short name", "{ name: A, action: WaitForAction }", "BUILD", "3 to 128 letters"],
  ["two steps of a name", `${launch}, ${launch}`, "BUILD", "step 'Launch' occurs twice"],
  ["no steps", "", "BUILD", "steps must not be empty"],
  [
    "more than 15 steps",
    [...Array(16).keys()].map((at) => `{ name: Step${at}, action: WaitForAction }`).join(", "),
    "BUILD",
    "has 16 steps; at most 15 are allowed",
  ],
  [
    "an unknown operator",
    "{ name: One, action: WaitForAction, if: { same: 1, value: 1 } }",
    "BUILD",
    "unknown operator 'same'",
  ],
  [
    "two operators",
    "{ name: One, action: WaitForAction, if: { stringEquals: a, numberEquals: 1, value: a } }",
    "BUILD",
    "exactly one operator",
  ],
  [
    "five levels of conditions",
    "{ name: One, action: WaitForAction, if: { not: { not: { not: { not: { stringEquals: a, value: a } } } } } }",
    "BUILD",
    "at most 4 levels",
  ],
])("refuses %s", (_what, steps, type, message) => {
  expect(() => parseWorkflow(document(steps), type)).toThrow(DocumentError);
  expect(() => parseWorkflow(document(steps), type)).toThrow(message);
});

it.each([
  ["steps: []", "schemaVersion is missing"],
  ["schemaVersion: 2.0\nsteps: []", "schemaVersion 2 is not supported"],
  [document(launch, "phases: []"), "unknown field 'phases'"],
  [document(launch, "parameters: [{ name: a, type: number }]"), "must have one of the types"],
  [document(launch, "parameters: [{ name: a, type: integer, default: b }]"), "a default of type integer"],
])("refuses the document %j", (source, message) => {
  expect(() => parseWorkflow(source, "BUILD")).toThrow(message);
});

const scope = {
  parameters: { wait: true, names: ["a", "b"] },
  stepOutputs: new Map([["Launch", { instanceId: "i-1", output: ["first", "second"] }]]),
  workflowOutputs: { ImageId: "ami-1" },
  imagebuilder: { platform: "Linux", imageBuildNumber: 3 },
};

it("resolves references in inputs: whole ones with their type, embedded ones as text", () => {
  const inputs = {
    "instanceId.$": "$.stepOutputs.Launch.instanceId",
    chained: "$.workflowOutputs.ImageId",
    item: "$.stepOutputs.Launch.output[1]",
    flag: "$.parameters.wait",
    text: 'on {{ $.imagebuilder.platform }}, {{ $.parameters.names }}, $.parameters.wait is "literal"',
    nested: { "list.$": "$.parameters.names" },
  };
  expect(resolveFields(inputs, scope)).toEqual({
    instanceId: "i-1",
    chained: "ami-1",
    item: "second",
    flag: true,
    text: 'on Linux, ["a","b"], $.parameters.wait is "literal"',
    nested: { list: ["a", "b"] },
  });
});

it("refuses a reference that names nothing", () => {
  expect(() => resolveFields({ a: "$.stepOutputs.Gone.instanceId" }, scope)).toThrow(
    "the reference $.stepOutputs.Gone.instanceId names nothing",
  );
});

it.each<[object, boolean]>([
  [{ stringEquals: "Linux", value: "$.imagebuilder.platform" }, true],
  [[{ booleanEquals: true, value: "$.parameters.wait" }], true],
  [{ not: { booleanEquals: true, value: "$.parameters.wait" } }, false],
  [{ numberEquals: 3, value: "$.imagebuilder.imageBuildNumber" }, true],
  [{ numberGreaterThan: "2", value: 3 }, true],
  [{ numberLessThanEquals: 2, value: 3 }, false],
  [
    {
      and: [
        { stringEquals: "a", value: "a" },
        { numberEquals: 1, value: 2 },
      ],
    },
    false,
  ],
  [{ or: [{ stringEquals: "a", value: "b" }, { not: [{ numberEquals: 1, value: 2 }] }] }, true],
])("holds %j to be %p", (condition, met) => {
  expect(isMet(condition, scope)).toBe(met);
});
