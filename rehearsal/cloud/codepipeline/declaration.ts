import type { ActionDeclaration, PipelineDeclaration } from "@aws-sdk/client-codepipeline";
import { ServiceError } from "../api/service-error";
import { actionProviders, providerViolations } from "./action-types";
import { checkConditions } from "./declared-conditions";
import { referencedNamespaces } from "./variables";

/**
 * The rules for a pipeline's structure that the API model does not express.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
 * @throws ServiceError InvalidStructureException, InvalidStageDeclarationException, InvalidActionDeclarationException
 */
export function checkDeclaration(pipeline: PipelineDeclaration, region: string): void {
  const stages = pipeline.stages ?? [];
  if (stages.length < 2)
    throw new ServiceError(
      "InvalidStructureException",
      `Pipeline ${pipeline.name} must have at least two stages`,
    );
  checkSettings(pipeline);
  unique(
    stages.map((stage) => stage.name!),
    "InvalidStageDeclarationException",
    "stage",
  );
  const produced = new Set<string>();
  const namespaces = new Set(["codepipeline", "variables"]);
  for (const [index, stage] of stages.entries()) {
    const actions = stage.actions ?? [];
    if (actions.length === 0)
      throw new ServiceError(
        "InvalidStageDeclarationException",
        `Stage ${stage.name} must have at least one action`,
      );
    unique(
      actions.map((action) => action.name!),
      "InvalidActionDeclarationException",
      `action of stage ${stage.name}`,
    );
    const inOrder = [...actions].sort((a, b) => (a.runOrder ?? 1) - (b.runOrder ?? 1));
    for (const action of inOrder) {
      checkAction(action, index === 0, region);
      checkArtifacts(action, produced);
      checkNamespaces(stage.name!, action, namespaces);
    }
    checkConditions(stage);
  }
}

/** What the pipeline as a whole asks for. */
function checkSettings(pipeline: PipelineDeclaration): void {
  const invalid = (text: string): ServiceError =>
    new ServiceError("InvalidStructureException", `Pipeline ${pipeline.name} ${text}`);
  if (pipeline.artifactStores)
    throw invalid("has artifact stores by Region: actions run in its own Region here");
  if (!pipeline.artifactStore) throw invalid("has no artifact store");
  if (pipeline.triggers?.length)
    throw invalid("has triggers, which need a source action of the provider CodeStarSourceConnection");
  if (pipeline.pipelineType === "V2") return;
  const mode = pipeline.executionMode ?? "SUPERSEDED";
  if (mode !== "SUPERSEDED") throw invalid(`is of type V1, which can't have the execution mode ${mode}`);
  if (pipeline.variables?.length) throw invalid("is of type V1, which can't have variables");
  if (pipeline.stages!.some(({ beforeEntry, onSuccess, onFailure }) => beforeEntry ?? onSuccess ?? onFailure))
    throw invalid("is of type V1, whose stages can't have conditions");
}

const invalidAction = (text: string): ServiceError =>
  new ServiceError("InvalidActionDeclarationException", text);

function checkAction(action: ActionDeclaration, inFirstStage: boolean, region: string): void {
  const { category, provider, owner, version } = action.actionTypeId!;
  const type = `${category}/${provider}`;
  if (!actionProviders[type] || owner !== "AWS" || version !== "1")
    throw invalidAction(
      `ActionType (Category: '${category}', Provider: '${provider}', Owner: '${owner}', Version: '${version}') in action '${action.name}' is not available`,
    );
  if ((category === "Source") !== inFirstStage)
    throw invalidAction(
      `Action '${action.name}': source actions belong into the first stage, and nothing else does`,
    );
  const [violation] = providerViolations(type, action.name!, action.configuration ?? {}, {
    input: action.inputArtifacts?.length ?? 0,
    output: action.outputArtifacts?.length ?? 0,
  });
  if (violation) throw invalidAction(violation);
  if (action.timeoutInMinutes !== undefined && category !== "Approval")
    throw invalidAction(`Action '${action.name}': only a manual approval takes timeoutInMinutes`);
  if (action.region !== undefined && action.region !== region)
    throw invalidAction(
      `Action '${action.name}' runs in ${action.region}: only ${region} can be served here`,
    );
}

function checkArtifacts(action: ActionDeclaration, produced: Set<string>): void {
  for (const { name } of action.inputArtifacts ?? [])
    if (!produced.has(name!))
      throw invalidAction(
        `Action '${action.name}' declares the input artifact ${name}, which no action before it produces`,
      );
  for (const { name } of action.outputArtifacts ?? []) {
    if (produced.has(name!))
      throw invalidAction(`The output artifact ${name} of action '${action.name}' is not unique`);
    produced.add(name!);
  }
}

/** Actions may refer to namespaces of actions before them; a namespace is one action's. */
function checkNamespaces(stage: string, action: ActionDeclaration, namespaces: Set<string>): void {
  for (const [key, text] of Object.entries(action.configuration ?? {}))
    for (const { namespace, reference } of referencedNamespaces(text))
      if (!namespaces.has(namespace))
        throw invalidAction(
          `Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). The following pipeline execution variables are referencing a namespace that does not exist. StageName=[${stage}], ActionName=[${action.name}], ActionConfigurationKey=[${key}], VariableReferenceText=[${reference}]`,
        );
  if (action.namespace === undefined) return;
  if (namespaces.has(action.namespace))
    throw invalidAction(
      `Namespaces must be unique across the pipeline definition. The following occur more than once in the pipeline. StageName=[${stage}], ActionName=[${action.name}], Namespace=[${action.namespace}]`,
    );
  namespaces.add(action.namespace);
}

function unique(names: readonly string[], code: string, what: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ServiceError(code, `The ${what} name ${twice} is not unique`);
}

/** What GetPipeline gives back: the declaration with the service's defaults. */
export function withDefaults(pipeline: PipelineDeclaration, version: number): PipelineDeclaration {
  return {
    ...pipeline,
    version,
    executionMode: pipeline.executionMode ?? "SUPERSEDED",
    pipelineType: pipeline.pipelineType ?? "V1",
    stages: pipeline.stages!.map((stage) => ({
      ...stage,
      actions: stage.actions!.map((action) => ({
        ...action,
        runOrder: action.runOrder ?? 1,
        configuration: action.configuration ?? {},
        inputArtifacts: action.inputArtifacts ?? [],
        outputArtifacts: action.outputArtifacts ?? [],
      })),
    })),
  };
}
