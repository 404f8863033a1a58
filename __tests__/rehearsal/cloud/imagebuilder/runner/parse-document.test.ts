import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "../../../../../rehearsal/cloud/imagebuilder/runner/parse-document";
import { documentOf } from "./runner-fixture";

const bash = "- name: A\n  action: ExecuteBash\n  inputs:\n    commands: [ls]";

it("takes the application's own document", () => {
  const source = readFileSync(join(process.cwd(), "app-src/image/component.yml"), "utf8");
  expect(parseDocument(source).phases.map(({ name }) => name)).toEqual(["build", "validate", "test"]);
});

it.each([
  ["bad YAML", "phases: [", /^yaml: /],
  ["no map", "- a", /^the document must be a map$/],
  ["an unknown field", documentOf(bash, "schema: 1"), /unknown field 'schema'/],
  ["no schemaVersion", "phases: []", /^schemaVersion is missing; it must be 1.0$/],
  ["another schemaVersion", "schemaVersion: 2.0\nphases: []", /^schemaVersion 2 is not supported/],
  ["no phases", "schemaVersion: 1.0\nphases: []", /^phases must not be empty$/],
  [
    "no phase for images",
    documentOf(bash).replace("build", "deploy"),
    /none of the phases build, validate, test/,
  ],
  [
    "a phase twice",
    `${documentOf(bash)}  - name: build\n    steps: [${"{ name: A, action: Reboot }"}]`,
    /^phase 'build' occurs twice/,
  ],
  ["a step twice", documentOf(`${bash}\n${bash}`), /^step 'A' occurs twice in phase 'build'$/],
  [
    "an unknown module",
    documentOf("- name: A\n  action: ExecuteZsh\n  inputs: {}"),
    /^Parsing step 'A' in phase 'build' failed. Error: Action ExecuteZsh is not supported$/,
  ],
  [
    "a module of Windows",
    documentOf("- name: A\n  action: SetRegistry\n  inputs: {}"),
    /is not supported on Linux$/,
  ],
  [
    "no inputs",
    documentOf("- name: A\n  action: S3Download\n  inputs: []"),
    /Error: Action S3Download has no inputs; it requires an 'inputs'$/,
  ],
  [
    "a missing input",
    documentOf("- name: A\n  action: S3Download\n  inputs:\n    - source: s3://b/k"),
    /requires the input 'destination'$/,
  ],
  [
    "an unknown input",
    documentOf("- name: A\n  action: DeleteFile\n  inputs:\n    - { path: /a, recurse: true }"),
    /unknown field 'recurse'/,
  ],
  [
    "an input of a wrong type",
    documentOf("- name: A\n  action: ExecuteBash\n  inputs:\n    commands: ls"),
    /'commands' of action ExecuteBash must be a strings$/,
  ],
  [
    "a list for a module of one",
    documentOf("- name: A\n  action: ExecuteBash\n  inputs:\n    - commands: [ls]"),
    /takes one map of inputs/,
  ],
  [
    "onFailure",
    documentOf(bash.replace("  inputs", "  onFailure: Retry\n  inputs")),
    /onFailure 'Retry' must be one of Abort, Continue, Ignore$/,
  ],
  [
    "a time-out of nothing",
    documentOf(bash.replace("  inputs", "  timeoutSeconds: 0\n  inputs")),
    /timeoutSeconds 0 is not allowed$/,
  ],
  [
    "no attempts",
    documentOf(bash.replace("  inputs", "  maxAttempts: 0\n  inputs")),
    /maxAttempts 0 is not allowed$/,
  ],
  [
    "an endless loop",
    documentOf(bash.replace("  inputs", "  loop: { for: { start: 1, end: 3, updateBy: -1 } }\n  inputs")),
    /the loop would never end$/,
  ],
  [
    "a condition of no operator",
    documentOf(bash.replace("  inputs", "  if: { value: 1 }\n  inputs")),
    /exactly one operator/,
  ],
  [
    "a short parameter name",
    documentOf(bash, "parameters: [{ V: { type: string } }]"),
    /'V' in parameters is not a name/,
  ],
  [
    "a parameter of another type",
    documentOf(bash, "parameters: [{ Ver: { type: number } }]"),
    /must have type string$/,
  ],
  [
    "a name of two",
    documentOf(
      bash,
      "parameters: [{ Ver: { type: string } }]\nconstants: [{ Ver: { type: string, value: a } }]",
    ),
    /parameter or constant 'Ver' occurs twice/,
  ],
])("refuses %s", (_mistake, source, message) => {
  expect(() => parseDocument(source)).toThrow(message);
});
