import { violations } from "../../../../rehearsal/cloud/api/validate";
import { modelOf } from "../../../support/test-cloud";

const codepipeline = modelOf("codepipeline");
const imagebuilder = modelOf("imagebuilder");
const autoscaling = modelOf("autoscaling");

describe("a request held against its API model", () => {
  it("has no violation when it is right", () => {
    expect(violations(codepipeline, { shape: "GetPipelineInput" }, { name: "hello", version: 3 })).toEqual(
      [],
    );
  });

  it.each<[string, Parameters<typeof violations>, string]>([
    [
      "a missing member",
      [codepipeline, { shape: "GetPipelineInput" }, {}],
      "Value null at 'name' failed to satisfy constraint: Member must not be null",
    ],
    [
      "a pattern",
      [codepipeline, { shape: "GetPipelineInput" }, { name: "n x" }],
      "Value 'n x' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+",
    ],
    [
      "a length",
      [codepipeline, { shape: "GetPipelineInput" }, { name: "n".repeat(101) }],
      `Value '${"n".repeat(101)}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 100`,
    ],
    [
      "a bound",
      [codepipeline, { shape: "GetPipelineInput" }, { name: "n", version: 0 }],
      "Value '0' at 'version' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      "a type",
      [codepipeline, { shape: "GetPipelineInput" }, { name: 7 }],
      "Value '7' at 'name' failed to satisfy constraint: Member must be of type string",
    ],
    [
      "an unknown member",
      [codepipeline, { shape: "GetPipelineInput" }, { name: "n", colour: "red" }],
      "Value at 'colour' failed to satisfy constraint: unknown member",
    ],
    [
      "a choice",
      [
        imagebuilder,
        { shape: "CreateComponentRequest" },
        { name: "app", semanticVersion: "1.0.0", clientToken: "t", platform: "Plan9" },
      ],
      "Value 'Plan9' at 'platform' failed to satisfy constraint: Member must satisfy enum value set: [Windows, Linux, macOS]",
    ],
    [
      "a member of a list",
      [autoscaling, { shape: "AutoScalingGroupNamesType" }, { AutoScalingGroupNames: ["a", ""] }],
      "Value '' at 'AutoScalingGroupNames.2.member' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
  ])("names %s", (_, request, message) => {
    expect(violations(...request)).toContain(message);
  });

  it("names everything at once", () => {
    expect(
      violations(codepipeline, { shape: "PutApprovalResultInput" }, { pipelineName: "x y" }),
    ).toHaveLength(5);
  });
});
