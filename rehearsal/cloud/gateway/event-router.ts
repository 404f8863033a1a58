import {
  CodePipelineClient,
  StartPipelineExecutionCommand,
  type StartPipelineExecutionInput,
} from "@aws-sdk/client-codepipeline";
import {
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  TestEventPatternCommand,
  type Rule,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { randomUUID } from "node:crypto";
import type { Cloud, CloudEvent } from "../cloud";
import type { EmulatorBackdoor } from "../emulator/backdoor";
import { targetInput } from "./target-input";

/**
 * Brings events of our services to the rules. The emulator delivers to its own targets (functions, topics, log
 * groups); a rule that starts a pipeline is followed here, with the rule's role.
 */
export class EventRouter {
  constructor(
    private readonly cloud: Pick<
      Cloud,
      "accountId" | "region" | "partition" | "assumeRole" | "clientOptions" | "log"
    >,
    private readonly events: EventBridgeClient,
    private readonly emulator: EmulatorBackdoor,
  ) {}

  emit(event: CloudEvent): void {
    Promise.all([this.toEmulator(event), this.toPipelines(event)]).catch((error: unknown) =>
      this.cloud.log(
        "events",
        `${event.detailType} was not delivered: ${error instanceof Error ? error.message : error}`,
      ),
    );
  }

  private async toEmulator(event: CloudEvent): Promise<void> {
    const { source, detailType, resources, detail } = event;
    const entry = {
      Source: source,
      DetailType: detailType,
      Resources: resources,
      Detail: JSON.stringify(detail),
    };
    await this.emulator.putEvents(this.cloud.region, [entry]);
  }

  private async toPipelines(event: CloudEvent): Promise<void> {
    const document = JSON.stringify({
      version: "0",
      id: randomUUID(),
      "detail-type": event.detailType,
      source: event.source,
      account: this.cloud.accountId,
      time: new Date().toISOString(),
      region: this.cloud.region,
      resources: event.resources,
      detail: event.detail,
    });
    for (const rule of await this.rules()) {
      const { Targets } = await this.events.send(new ListTargetsByRuleCommand({ Rule: rule.Name }));
      for (const target of Targets ?? [])
        if (
          target.Arn?.startsWith(`arn:${this.cloud.partition}:codepipeline:`) &&
          (await this.matches(rule, document))
        )
          await this.startPipeline(rule, target, document);
    }
  }

  private async rules(): Promise<Rule[]> {
    const rules: Rule[] = [];
    let token: string | undefined;
    do {
      const { Rules, NextToken } = await this.events.send(new ListRulesCommand({ NextToken: token }));
      rules.push(...(Rules ?? []).filter((rule) => rule.State === "ENABLED" && rule.EventPattern));
      token = NextToken;
    } while (token);
    return rules;
  }

  private async matches(rule: Rule, event: string): Promise<boolean> {
    const { Result } = await this.events.send(
      new TestEventPatternCommand({ EventPattern: rule.EventPattern, Event: event }),
    );
    return Result === true;
  }

  /**
   * A transformer may give an execution its source revisions and variables; anything else that a pipeline is handed says
   * nothing to it. https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html
   */
  private async startPipeline(rule: Rule, target: Target, event: string): Promise<void> {
    const credentials = await this.cloud.assumeRole(target.RoleArn!, "events.amazonaws.com", "eventbridge");
    const name = target.Arn!.split(":").at(-1);
    const pipelines = new CodePipelineClient(this.cloud.clientOptions(credentials));
    const { sourceRevisions, variables } = JSON.parse(
      targetInput(event, target),
    ) as Partial<StartPipelineExecutionInput>;
    const { pipelineExecutionId } = await pipelines.send(
      new StartPipelineExecutionCommand({ name, sourceRevisions, variables }),
    );
    this.cloud.log("events", `rule ${rule.Name} started ${name}, execution ${pipelineExecutionId}`);
  }
}
