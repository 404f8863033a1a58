import type { ApiModel } from "../api/model";
import type { Cloud, CloudPart } from "../cloud";
import type { PipelineBuilds } from "../codebuild/pipeline-builds";
import type { SourceRepositories } from "../codecommit/source-repositories";
import type { Authorizer } from "../gateway/authorizer";
import type { Pace } from "../pace";
import type { ActionRunner } from "./actions/action-runner";
import { Approvals } from "./actions/approval-manual";
import { buildCodeBuild } from "./actions/build-codebuild";
import { invokeLambda } from "./actions/invoke-lambda";
import { sourceCodeCommit } from "./actions/source-codecommit";
import { PipelineEngine } from "./engine";
import { JobBoard } from "./jobs";
import { executionOperations } from "./operations/executions";
import { jobOperations } from "./operations/jobs";
import { pipelineOperations } from "./operations/pipelines";
import { stageOperations } from "./operations/stages";
import { PipelineStore } from "./store";

export interface CodePipelineSettings {
  readonly cloud: Cloud;
  readonly model: ApiModel;
  readonly authorizer: Authorizer;
  readonly repositories: SourceRepositories;
  readonly builds: PipelineBuilds;
  readonly pace: Pick<Pace, "continuationSeconds">;
}

/** CodePipeline: pipelines, their executions, and the actions Source, Build, Invoke and Approval. */
export function codePipeline(settings: CodePipelineSettings): CloudPart {
  const { cloud, model, authorizer, repositories, builds, pace } = settings;
  const jobs = new JobBoard();
  const approvals = new Approvals();
  const runners = new Map<string, ActionRunner>([
    ["Source/CodeCommit", sourceCodeCommit(repositories, authorizer)],
    ["Build/CodeBuild", buildCodeBuild(builds, authorizer)],
    ["Invoke/Lambda", invokeLambda(jobs, pace)],
    ["Approval/Manual", approvals.run],
  ]);
  const store = new PipelineStore(cloud);
  const engine = new PipelineEngine(cloud, runners);
  return {
    services: [
      {
        name: "codepipeline",
        model,
        operations: {
          ...pipelineOperations(store, engine, new Set(runners.keys())),
          ...executionOperations(store, engine),
          ...stageOperations(store, engine, approvals),
          ...jobOperations(jobs, cloud.accountId),
        },
      },
    ],
  };
}
