import { callFunction } from "../function-calls";
import type { JobBoard } from "../jobs";
import type { RuleContext, RuleRunner } from "./rule-runner";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-LambdaInvoke.html */
export function lambdaRule(jobs: JobBoard): RuleRunner {
  return async (context: RuleContext): Promise<string> => {
    const { rule, pipeline, execution } = context;
    const subject = {
      configuration: context.configuration,
      pipelineContext: {
        pipelineName: execution.declaration.name,
        pipelineArn: pipeline.arn,
        pipelineExecutionId: execution.id,
        stage: { name: rule.stageName },
      },
    };
    const { summary } = await callFunction(context, jobs, subject, [], (result) => {
      rule.externalExecutionId = result.externalExecutionId ?? rule.externalExecutionId;
      rule.lastUpdateTime = new Date();
    });
    return summary ?? `The function ${context.configuration.FunctionName} succeeded`;
  };
}
