import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import type { EC2Client } from "@aws-sdk/client-ec2";
import { rollOutFunction, type EnvironmentOf, type withdrawReleaseFunction } from "../../contract/functions";
import type { ExecutionEvent } from "../shared/execution-event";
import { LaunchTemplate } from "../shared/launch-template";
import { actionsOf, drawnVersion, getExecution } from "../shared/pipeline-execution";
import { usersOf } from "../shared/version-users";

export interface Clients {
  readonly autoScaling: AutoScalingClient;
  readonly codePipeline: CodePipelineClient;
  readonly ec2: EC2Client;
}

/** An execution in another state is going on again, or went its way. */
const ended: ReadonlySet<string | undefined> = new Set(["Failed", "Stopped", "Cancelled"]);

/**
 * Deletes what an execution has prepared in a stage that it left without rolling out. May be told of it late and more
 * than once: it looks at how things are now. @returns what it did, or why it did nothing
 */
export async function withdrawRelease(
  { autoScaling, codePipeline, ec2 }: Clients,
  { STAGE, AUTO_SCALING_GROUP, RELEASE_TEMPLATE }: EnvironmentOf<typeof withdrawReleaseFunction>,
  event: ExecutionEvent,
): Promise<string> {
  const { status, executionType } = await getExecution(codePipeline, event);
  if (!ended.has(status)) return `execution ${event.executionId} is ${status}: it was retried`;
  // what a rollback of the stage finds there is an earlier release, which stays one
  if (executionType === "ROLLBACK") return `execution ${event.executionId} rolls back: it prepared nothing`;
  const actions = await actionsOf(codePipeline, event);
  const last = actions.findLast(({ stageName }) => stageName === STAGE)?.actionName;
  if (last === undefined) return `execution ${event.executionId} did not come to ${STAGE}`;
  // it deletes what it refuses, and keeps what a retry of it alone can still roll out
  if (last === rollOutFunction.name) return `${STAGE} has come to ${last}, which sees to its version itself`;
  const release = drawnVersion(actions);
  if (release === undefined) return `execution ${event.executionId} has no version`;
  return withdraw(autoScaling, AUTO_SCALING_GROUP, new LaunchTemplate(ec2, RELEASE_TEMPLATE), release);
}

/** A release's version is its execution's own, so what is described with it was prepared by that. */
async function withdraw(
  autoScaling: AutoScalingClient,
  group: string,
  template: LaunchTemplate,
  release: string,
): Promise<string> {
  const prepared = (await template.versions()).filter(
    ({ VersionDescription, VersionNumber }) => VersionDescription === release && VersionNumber !== undefined,
  );
  const done: string[] = [];
  for (const { VersionNumber } of prepared) {
    const version = String(VersionNumber);
    const users = await usersOf(version, autoScaling, group, template);
    if (users === undefined) await template.delete(version);
    done.push(`${template.name}:${version} is ${users === undefined ? "deleted" : `kept: ${users}`}`);
  }
  return `release ${release}: ${done.join(", ") || "nothing is prepared"}`;
}
