import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { announceFailureFunction } from "../../../contract/functions";
import type { Lab } from "../lab";
import type { Subject } from "../subject";
import { RejectedExecutions } from "./rejected-execution";

/** As EventBridge invokes it. It makes nothing but a notice, and a topic takes no token: one may come twice. */
export function announceFailure(lab: Lab): Subject {
  const { name } = announceFailureFunction;
  const executions = new RejectedExecutions(lab, name);
  return {
    name,
    bundle: name,
    async deploy() {
      await executions.deploy();
      const { TopicArn } = await new SNSClient(lab.settings.options).send(
        new CreateTopicCommand({ Name: `sweep-${name}` }),
      );
      await lab.function(name, {
        bundle: name,
        environment: { TOPIC_ARN: TopicArn! },
        actions: ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions", "sns:Publish"],
      });
    },
    begin: async () => ({
      event: await executions.reject(async () => undefined),
      found: async () => ({ things: [] }),
    }),
  };
}
