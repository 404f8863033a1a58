import type { ApiModel } from "../api/model";
import type { Cloud, CloudPart } from "../cloud";
import type { PipelineBuilds } from "../codebuild/pipeline-builds";
import type { SourceRepositories } from "../codecommit/source-repositories";
import type { Authorizer } from "../gateway/authorizer";
import type { Clock } from "../instances/clock";
import { ActionRun } from "./action-run";
import type { ActionRunner } from "./actions/action-runner";
import { Approvals } from "./actions/approval-manual";
import { buildCodeBuild } from "./actions/build-codebuild";
import { invokeLambda } from "./actions/invoke-lambda";
import { sourceCodeCommit } from "./actions/source-codecommit";
import { ConditionRun } from "./condition-run";
import { PipelineEngine } from "./engine";
import { PipelineEvents } from "./events";
import { JobBoard } from "./jobs";
import { actionOperations } from "./operations/actions";
import { conditionOperations } from "./operations/conditions";
import { executionOperations } from "./operations/executions";
import { jobOperations } from "./operations/jobs";
import { pipelineOperations } from "./operations/pipelines";
import { stageOperations } from "./operations/stages";
import { transitionOperations } from "./operations/transitions";
import { cloudWatchAlarm } from "./rules/cloudwatch-alarm";
import { deploymentWindow } from "./rules/deployment-window";
import { lambdaRule } from "./rules/lambda-invoke";
import type { RuleRunner } from "./rules/rule-runner";
import { variableCheck } from "./rules/variable-check";
import { StageRun } from "./stage-run";
import { PipelineStore } from "./store";

export interface CodePipelineSettings {
  readonly cloud: Cloud;
  readonly model: ApiModel;
  readonly authorizer: Authorizer;
  readonly repositories: SourceRepositories;
  readonly builds: PipelineBuilds;
  readonly clock: Clock;
  /** Seconds before a function that is not done is invoked again. */
  readonly continuationSeconds: number;
  /** The least time that a function has to reply. @default a minute, see JobBoard */
  readonly leastReplyMilliseconds?: number;
}

/** CodePipeline: pipelines, their executions, the actions Source, Build, Invoke and Approval, and stages' conditions. */
export function codePipeline(settings: CodePipelineSettings): CloudPart {
  const { cloud, model, authorizer, repositories, builds, clock, continuationSeconds } = settings;
  const jobs = new JobBoard(clock, continuationSeconds, settings.leastReplyMilliseconds);
  const approvals = new Approvals();
  const runners = new Map<string, ActionRunner>([
    ["Source/CodeCommit", sourceCodeCommit(repositories, authorizer)],
    ["Build/CodeBuild", buildCodeBuild(builds, authorizer)],
    ["Invoke/Lambda", invokeLambda(jobs)],
    ["Approval/Manual", approvals.run],
  ]);
  const rules = new Map<string, RuleRunner>([
    ["CloudWatchAlarm", cloudWatchAlarm(clock)],
    ["DeploymentWindow", deploymentWindow],
    ["LambdaInvoke", lambdaRule(jobs)],
    ["VariableCheck", variableCheck],
  ]);
  const store = new PipelineStore(cloud);
  const events = new PipelineEvents(cloud);
  const stages = new StageRun(
    new ActionRun(cloud, clock, runners, events),
    new ConditionRun(cloud, clock, rules),
    events,
  );
  const engine = new PipelineEngine(cloud, stages, events);
  return {
    services: [
      {
        name: "codepipeline",
        model,
        operations: {
          ...pipelineOperations(store, engine, cloud.region),
          ...executionOperations(store, engine),
          ...actionOperations(store),
          ...stageOperations(store, engine, approvals),
          ...conditionOperations(store, engine),
          ...transitionOperations(store),
          ...jobOperations(jobs, cloud.accountId),
        },
      },
    ],
  };
}
