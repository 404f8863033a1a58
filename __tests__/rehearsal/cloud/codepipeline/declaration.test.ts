import type { PipelineDeclaration, StageDeclaration } from "@aws-sdk/client-codepipeline";
import { checkDeclaration } from "../../../../rehearsal/cloud/codepipeline/declaration";
import { approvalStage, buildStage, source } from "./pipeline-harness";

const pipeline = (...stages: StageDeclaration[]): PipelineDeclaration => ({
  name: "hello",
  roleArn: "arn:aws:iam::111122223333:role/pipeline",
  artifactStore: { type: "S3", location: "artifacts" },
  stages,
});
const change = (stage: StageDeclaration, action: object): StageDeclaration => ({
  ...stage,
  actions: [{ ...stage.actions![0]!, ...action }],
});

describe("a pipeline's declaration", () => {
  it("is accepted when every input is produced before it is used", () => {
    expect(() => checkDeclaration(pipeline(source, buildStage, approvalStage), "eu-central-1")).not.toThrow();
  });

  it.each<[string, PipelineDeclaration, string]>([
    ["with one stage", pipeline(source), "at least two stages"],
    [
      "without artifact store",
      { ...pipeline(source, buildStage), artifactStore: undefined },
      "no artifact store",
    ],
    [
      "with two stages of one name",
      pipeline(source, approvalStage, approvalStage),
      "stage name Approve is not unique",
    ],
    ["with an empty stage", pipeline(source, { name: "Empty", actions: [] }), "at least one action"],
    ["with a source in a later stage", pipeline(source, { ...source, name: "Again" }), "first stage"],
    ["with a first stage that is no source", pipeline(approvalStage, source), "first stage"],
    [
      "with an input that nobody makes",
      pipeline(source, change(buildStage, { inputArtifacts: [{ name: "Nothing" }] })),
      "Nothing",
    ],
    [
      "with an output made twice",
      pipeline(source, change(buildStage, { outputArtifacts: [{ name: "Source" }] })),
      "not unique",
    ],
    [
      "with an action that is not served",
      pipeline(
        source,
        change(buildStage, {
          actionTypeId: { category: "Deploy", owner: "AWS", provider: "ECS", version: "1" },
        }),
      ),
      "ActionType (Category: 'Deploy', Provider: 'ECS', Owner: 'AWS', Version: '1') in action 'Jar' is not available",
    ],
  ])("is refused %s", (_, declaration, message) => {
    expect(() => checkDeclaration(declaration, "eu-central-1")).toThrow(message);
  });
});
