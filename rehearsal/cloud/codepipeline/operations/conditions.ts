import type {
  ListRuleExecutionsInput,
  ListRuleExecutionsOutput,
  ListRuleTypesInput,
  ListRuleTypesOutput,
  OverrideStageConditionInput,
  RuleExecutionDetail,
} from "@aws-sdk/client-codepipeline";
import { page } from "../../api/page";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import type { PipelineEngine } from "../engine";
import type { ExecutionRecord, PipelineRecord, RuleRecord } from "../records";
import { ruleTypes } from "../rules/rule-types";
import type { PipelineStore } from "../store";
import { artifactLocation } from "../views";

/** What is done with stages' conditions: looking at their rules, overriding them. */
export function conditionOperations(store: PipelineStore, engine: PipelineEngine) {
  const overrideStageCondition: Operation<OverrideStageConditionInput, void> = {
    permissions: store.onStage("OverrideStageCondition"),
    run({ pipelineName, stageName, pipelineExecutionId, conditionType }) {
      const pipeline = store.get(pipelineName!);
      const execution = store.latestOfStage(pipeline, stageName!, pipelineExecutionId!);
      if (!isOverridable(pipeline, execution, stageName!, conditionType!))
        throw new ServiceError(
          "ConditionNotOverridableException",
          `The ${conditionType} condition of stage ${stageName} can't be overridden`,
        );
      engine.override(pipeline, execution, stageName!, conditionType!);
    },
  };
  const listRuleExecutions: Operation<ListRuleExecutionsInput, ListRuleExecutionsOutput> = {
    permissions: store.onPipeline("ListRuleExecutions"),
    run({ pipelineName, filter, maxResults, nextToken }) {
      const executions = store.executions(store.get(pipelineName!), filter);
      const details = executions.flatMap((execution) =>
        [...execution.rules].reverse().map((rule) => ruleDetail(execution, rule)),
      );
      const { items, next } = page(details, nextToken, maxResults ?? 100, "InvalidNextTokenException");
      return { ruleExecutionDetails: items, nextToken: next };
    },
  };
  const listRuleTypes: Operation<ListRuleTypesInput, ListRuleTypesOutput> = {
    permissions: () => [{ action: "codepipeline:ListRuleTypes", resource: "*" }],
    run: () => ({ ruleTypes: ruleTypes() }),
  };
  return {
    OverrideStageCondition: overrideStageCondition,
    ListRuleExecutions: listRuleExecutions,
    ListRuleTypes: listRuleTypes,
  };
}

/**
 * A condition whose rules run, or that has failed its stage; never one that skips.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
 */
function isOverridable(
  pipeline: PipelineRecord,
  execution: ExecutionRecord,
  stageName: string,
  kind: "BEFORE_ENTRY" | "ON_SUCCESS",
): boolean {
  const stage = execution.declaration.stages!.find(({ name }) => name === stageName)!;
  const declared = kind === "BEFORE_ENTRY" ? stage.beforeEntry : stage.onSuccess;
  const result = declared?.conditions?.[0]?.result;
  const status = execution.conditions.get(stageName)?.[kind]?.status;
  if (result === "SKIP") return false;
  if (status === "InProgress") return true;
  return (
    status === "Failed" &&
    result === "FAIL" &&
    execution.status === "Failed" &&
    execution.pipelineVersion === pipeline.declaration.version
  );
}

function ruleDetail(execution: ExecutionRecord, rule: RuleRecord): RuleExecutionDetail {
  const { declaration } = rule;
  return {
    pipelineExecutionId: execution.id,
    ruleExecutionId: rule.id,
    pipelineVersion: execution.pipelineVersion,
    stageName: rule.stageName,
    ruleName: declaration.name,
    startTime: rule.startTime,
    lastUpdateTime: rule.lastUpdateTime,
    status: rule.status,
    input: {
      ruleTypeId: declaration.ruleTypeId,
      configuration: declaration.configuration,
      resolvedConfiguration: rule.resolvedConfiguration,
      roleArn: declaration.roleArn,
      region: declaration.region,
      inputArtifacts: rule.inputArtifacts.map(artifactLocation),
    },
    output: {
      executionResult: {
        externalExecutionId: rule.externalExecutionId,
        externalExecutionSummary: rule.summary,
        errorDetails: rule.error,
      },
    },
  };
}
