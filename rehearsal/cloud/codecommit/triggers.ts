import { randomUUID } from "node:crypto";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { PublishCommand } from "@aws-sdk/client-sns";
import type { RepositoryTrigger } from "@aws-sdk/client-codecommit";
import type { Caller } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { Cloud } from "../cloud";
import type { RepositoryRecord, RepositoryStore } from "./store";

/** A branch or tag that moved: `commit` is where it is now, or was before it was deleted. */
export interface ReferenceChange {
  readonly event: "createReference" | "updateReference" | "deleteReference";
  readonly ref: string;
  readonly commit: string;
}

/** The triggers of a repository, under the id of their configuration. */
export interface TriggerConfiguration {
  readonly configurationId: string;
  readonly triggers: readonly RepositoryTrigger[];
}

/** Tells topics and functions what happened. https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-notify.html */
export class Triggers {
  constructor(
    private readonly cloud: Cloud,
    private readonly store: RepositoryStore,
  ) {}

  fire(repository: RepositoryRecord, caller: Caller, changes: readonly ReferenceChange[]): void {
    for (const trigger of repository.triggers?.triggers ?? []) {
      const wanted = changes.filter((change) => isFor(trigger, change));
      if (wanted.length === 0) continue;
      this.deliver(repository, caller, trigger, "ReferenceChanges", wanted).catch((error: unknown) =>
        this.cloud.log("codecommit", `trigger ${trigger.name} was not delivered: ${String(error)}`),
      );
    }
  }

  /** As if every trigger had something to tell. @returns why it failed, or undefined */
  async test(
    repository: RepositoryRecord,
    caller: Caller,
    trigger: RepositoryTrigger,
  ): Promise<string | undefined> {
    const ref = `refs/heads/${repository.defaultBranch ?? "main"}`;
    const commit = (await repository.bare.references()).get(ref) ?? "0".repeat(40);
    try {
      const change: ReferenceChange = { event: "updateReference", ref, commit };
      await this.deliver(repository, caller, trigger, "TriggerEventTest", [change]);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private async deliver(
    repository: RepositoryRecord,
    caller: Caller,
    trigger: RepositoryTrigger,
    eventName: string,
    changes: readonly ReferenceChange[],
  ): Promise<void> {
    const message = JSON.stringify({
      Records: [
        {
          awsRegion: this.cloud.region,
          codecommit: { references: changes.map(described) },
          customData: trigger.customData ?? null,
          eventId: randomUUID(),
          eventName,
          eventPartNumber: 1,
          eventSource: "aws:codecommit",
          eventSourceARN: this.store.arnOf(repository.name),
          eventTime: new Date().toISOString().replace("Z", "+0000"),
          eventTotalParts: 1,
          eventTriggerConfigId: repository.triggers?.configurationId ?? randomUUID(),
          eventTriggerName: trigger.name,
          eventVersion: "1.0",
          userIdentityARN: caller.arn,
        },
      ],
    });
    const { sns, lambda } = this.cloud.backend;
    const target = trigger.destinationArn!;
    if (target.includes(":sns:")) await sns.send(new PublishCommand({ TopicArn: target, Message: message }));
    else
      await lambda.send(
        new InvokeCommand({
          FunctionName: target,
          InvocationType: "Event",
          Payload: Buffer.from(message),
        }),
      );
  }
}

/** Triggers for no branch are for all of them; tags have no branch. */
function isFor({ events = [], branches = [] }: RepositoryTrigger, { event, ref }: ReferenceChange): boolean {
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  return (
    events.some((wanted) => wanted === "all" || wanted === event) &&
    (branches.length === 0 || (branch !== undefined && branches.includes(branch)))
  );
}

const described = ({ event, ref, commit }: ReferenceChange) => ({
  commit,
  ...(event === "createReference" ? { created: true } : {}),
  ...(event === "deleteReference" ? { deleted: true } : {}),
  ref,
});

/**
 * The rules that the API model does not express.
 * https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutRepositoryTriggers.html
 * @throws ServiceError
 */
export function checkTriggers(triggers: readonly RepositoryTrigger[], region: string): void {
  if (triggers.length > 10)
    throw new ServiceError(
      "MaximumRepositoryTriggersExceededException",
      `${triggers.length} triggers are too many: a repository can have 10`,
    );
  for (const { name = "", destinationArn = "", events = [], branches = [], customData = "" } of triggers) {
    if (!/^[\w.-]{1,100}$/.test(name) || triggers.filter((trigger) => trigger.name === name).length > 1)
      throw new ServiceError(
        "InvalidRepositoryTriggerNameException",
        `The trigger name ${name} is not valid`,
      );
    const [, service, targetRegion] =
      /^arn:[\w-]+:(sns|lambda):([\w-]+):\d{12}:.+$/.exec(destinationArn) ?? [];
    if (!service)
      throw new ServiceError(
        "InvalidRepositoryTriggerDestinationArnException",
        `${destinationArn} is not the ARN of an SNS topic or a Lambda function`,
      );
    if (targetRegion !== region)
      throw new ServiceError(
        "InvalidRepositoryTriggerRegionException",
        `The destination of trigger ${name} is in ${targetRegion}, not in ${region}`,
      );
    if (events.length === 0)
      throw new ServiceError("RepositoryTriggerEventsListRequiredException", `Trigger ${name} has no events`);
    if (events.includes("all") && events.length > 1)
      throw new ServiceError(
        "InvalidRepositoryTriggerEventsException",
        `Trigger ${name} has other events beside all`,
      );
    if (branches.length > 10)
      throw new ServiceError("MaximumBranchesExceededException", `Trigger ${name} has more than 10 branches`);
    if (customData.length > 1000)
      throw new ServiceError(
        "InvalidRepositoryTriggerCustomDataException",
        `The custom data of trigger ${name} is longer than 1,000 characters`,
      );
  }
}
