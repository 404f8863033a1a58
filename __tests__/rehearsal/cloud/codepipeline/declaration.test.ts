import type { PipelineDeclaration, StageDeclaration } from "@aws-sdk/client-codepipeline";
import { checkDeclaration } from "../../../../rehearsal/cloud/codepipeline/declaration";
import { approvalStage, buildStage, invokeStage, source } from "./pipeline-harness";

const pipeline = (...stages: StageDeclaration[]): PipelineDeclaration => ({
  name: "hello",
  roleArn: "arn:aws:iam::111122223333:role/pipeline",
  artifactStore: { type: "S3", location: "artifacts" },
  pipelineType: "V2",
  executionMode: "QUEUED",
  stages,
});
const trigger = {
  providerType: "CodeStarSourceConnection" as const,
  gitConfiguration: { sourceActionName: "Commit" },
};
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
    [
      "with a namespace of two actions",
      pipeline(source, change(buildStage, { namespace: "SourceVariables" })),
      "Namespaces must be unique across the pipeline definition.",
    ],
    [
      "with a reference to a namespace that no action before has",
      pipeline(source, change(invokeStage("Bake"), { configuration: { FunctionName: "#{Later.Name}" } })),
      "ActionConfigurationKey=[FunctionName], VariableReferenceText=[Later.Name]",
    ],
    [
      "with an unknown setting of an action",
      pipeline(source, change(buildStage, { configuration: { ProjectName: "a", Colour: "red" } })),
      "Action configuration for action 'Jar' contains unknown configuration 'Colour'",
    ],
    [
      "without a setting that an action needs",
      pipeline(source, change(buildStage, { configuration: {} })),
      "Action configuration for action 'Jar' is missing required configuration 'ProjectName'",
    ],
    [
      "with a source that is polled",
      pipeline(change(source, { configuration: { RepositoryName: "r", BranchName: "b" } }), buildStage),
      "only the value 'false' of PollForSourceChanges",
    ],
    [
      "with more artifacts than are served",
      pipeline(source, change(buildStage, { outputArtifacts: [{ name: "A" }, { name: "B" }] })),
      "0 to 1 output artifacts here, and has 2",
    ],
    [
      "with a time-out of a build",
      pipeline(source, change(buildStage, { timeoutInMinutes: 5 })),
      "only a manual approval takes timeoutInMinutes",
    ],
    [
      "with an action in another Region",
      pipeline(source, change(buildStage, { region: "us-east-1" })),
      "us-east-1",
    ],
    ["with triggers", { ...pipeline(source, buildStage), triggers: [trigger] }, "CodeStarSourceConnection"],
    [
      "of type V1 with a mode",
      { ...pipeline(source, buildStage), pipelineType: "V1" },
      "execution mode QUEUED",
    ],
    [
      "of type V1 with variables",
      {
        ...pipeline(source, buildStage),
        pipelineType: "V1",
        executionMode: undefined,
        variables: [{ name: "A" }],
      },
      "can't have variables",
    ],
    [
      "of type V1 with a condition",
      {
        ...pipeline(source, { ...buildStage, onFailure: { result: "ROLLBACK" } }),
        pipelineType: "V1",
        executionMode: undefined,
      },
      "can't have conditions",
    ],
  ])("is refused %s", (_, declaration, message) => {
    expect(() => checkDeclaration(declaration, "eu-central-1")).toThrow(message);
  });
});
