import type { ActionDeclaration, PipelineDeclaration } from "@aws-sdk/client-codepipeline";
import { ServiceError } from "../api/service-error";

/**
 * The rules for a pipeline's structure that the API model does not express.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
 * @throws ServiceError InvalidStructureException, InvalidStageDeclarationException, InvalidActionDeclarationException
 */
export function checkDeclaration(pipeline: PipelineDeclaration, actionTypes: ReadonlySet<string>): void {
  const stages = pipeline.stages ?? [];
  if (stages.length < 2)
    throw new ServiceError(
      "InvalidStructureException",
      `Pipeline ${pipeline.name} must have at least two stages`,
    );
  if (!pipeline.artifactStore && !pipeline.artifactStores)
    throw new ServiceError("InvalidStructureException", `Pipeline ${pipeline.name} has no artifact store`);
  unique(
    stages.map((stage) => stage.name!),
    "InvalidStageDeclarationException",
    "stage",
  );
  const produced = new Set<string>();
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
    for (const action of [...actions].sort((a, b) => (a.runOrder ?? 1) - (b.runOrder ?? 1)))
      checkAction(action, index === 0, produced, actionTypes);
  }
}

function checkAction(
  action: ActionDeclaration,
  inFirstStage: boolean,
  produced: Set<string>,
  actionTypes: ReadonlySet<string>,
): void {
  const { category, provider, owner, version } = action.actionTypeId!;
  const invalid = (text: string): ServiceError => new ServiceError("InvalidActionDeclarationException", text);
  if (!actionTypes.has(`${category}/${provider}`) || owner !== "AWS" || version !== "1")
    throw invalid(
      `ActionType (Category: '${category}', Provider: '${provider}', Owner: '${owner}', Version: '${version}') in action '${action.name}' is not available`,
    );
  if ((category === "Source") !== inFirstStage)
    throw invalid(
      `Action '${action.name}': source actions belong into the first stage, and nothing else does`,
    );
  for (const { name } of action.inputArtifacts ?? [])
    if (!produced.has(name!))
      throw invalid(
        `Action '${action.name}' declares the input artifact ${name}, which no action before it produces`,
      );
  for (const { name } of action.outputArtifacts ?? []) {
    if (produced.has(name!))
      throw invalid(`The output artifact ${name} of action '${action.name}' is not unique`);
    produced.add(name!);
  }
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
