import { randomUUID } from "node:crypto";
import type { Condition, RuleDeclaration, StageDeclaration } from "@aws-sdk/client-codepipeline";
import type { Cloud } from "../cloud";
import type { Clock } from "../instances/clock";
import { ActionFailure, asFailure } from "./action-failure";
import type { ConditionKind, ConditionRecord, ExecutionRecord, PipelineRecord, RuleRecord } from "./records";
import { credentialsFor } from "./role-credentials";
import type { RuleRunner } from "./rules/rule-runner";
import { withinTime } from "./time-limit";
import { resolveConfiguration } from "./variables";

/** What a condition says; `Abandoned` when the execution was stopped meanwhile. */
export type Verdict = "Succeeded" | "Failed" | "Overridden" | "Abandoned";

/**
 * Runs the rules of stages' conditions. A condition fails when one of its rules does, and then has its result.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works-conditions.html
 */
export class ConditionRun {
  constructor(
    private readonly cloud: Cloud,
    private readonly clock: Clock,
    /** by provider */
    private readonly runners: ReadonlyMap<string, RuleRunner>,
  ) {}

  async check(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    stage: StageDeclaration,
    kind: ConditionKind,
    condition: Condition,
  ): Promise<Verdict> {
    const record = newCondition(stage, condition);
    execution.conditions.set(stage.name!, { ...execution.conditions.get(stage.name!), [kind]: record });
    execution.rules.push(...record.rules);
    const stop = AbortSignal.any([execution.stopping.signal, this.cloud.signal]);
    // one that fails ends the others
    const decided = new AbortController();
    const signal = AbortSignal.any([stop, record.overridden.signal, decided.signal]);
    await Promise.all(
      record.rules.map(async (rule) => {
        await this.checkRule(pipeline, execution, kind, rule, signal);
        if (rule.status === "Failed") decided.abort();
      }),
    );
    const verdict = verdictOn(record, stop);
    record.status = verdict;
    record.summary = record.rules.find((rule) => rule.status === "Failed")?.error?.message;
    record.lastStatusChange = new Date();
    return verdict;
  }

  private async checkRule(
    pipeline: PipelineRecord,
    execution: ExecutionRecord,
    kind: ConditionKind,
    rule: RuleRecord,
    signal: AbortSignal,
  ): Promise<void> {
    const { declaration } = rule;
    try {
      rule.inputArtifacts = (declaration.inputArtifacts ?? []).flatMap(
        ({ name }) => execution.artifacts.get(name!) ?? [],
      );
      rule.resolvedConfiguration = resolveConfiguration(
        declaration.configuration ?? {},
        execution,
        declaration.name!,
      );
      const role = await credentialsFor(this.cloud, execution, declaration.roleArn);
      const minutes = declaration.timeoutInMinutes ?? Infinity;
      const late = (): ActionFailure =>
        new ActionFailure("TimedOut", `The rule ${declaration.name} did not end in ${minutes} minutes`);
      rule.summary = await withinTime(this.clock.milliseconds(minutes * 60), late, signal, (abandoned) =>
        this.runners.get(declaration.ruleTypeId!.provider!)!({
          cloud: this.cloud,
          pipeline,
          execution,
          rule,
          kind,
          inputArtifacts: rule.inputArtifacts,
          configuration: rule.resolvedConfiguration,
          ...role,
          abandoned,
        }),
      );
      rule.status = "Succeeded";
    } catch (error) {
      const failure = asFailure(error);
      rule.status = signal.aborted ? "Abandoned" : "Failed";
      rule.error = { code: failure.code, message: failure.message };
      rule.externalExecutionId = failure.externalExecutionId ?? rule.externalExecutionId;
    }
    rule.lastUpdateTime = new Date();
  }
}

function verdictOn(record: ConditionRecord, stop: AbortSignal): Verdict {
  if (record.overridden.signal.aborted) return "Overridden";
  if (record.rules.some((rule) => rule.status === "Failed")) return "Failed";
  return stop.aborted ? "Abandoned" : "Succeeded";
}

function newCondition(stage: StageDeclaration, condition: Condition): ConditionRecord {
  const startTime = new Date();
  const newRule = (declaration: RuleDeclaration): RuleRecord => ({
    id: randomUUID(),
    stageName: stage.name!,
    declaration,
    status: "InProgress",
    startTime,
    lastUpdateTime: startTime,
    resolvedConfiguration: {},
    inputArtifacts: [],
  });
  return {
    status: "InProgress",
    lastStatusChange: startTime,
    rules: (condition.rules ?? []).map(newRule),
    overridden: new AbortController(),
  };
}
