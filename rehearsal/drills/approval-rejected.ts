import { CodePipelineClient, RetryStageExecutionCommand } from "@aws-sdk/client-codepipeline";
import { changes } from "./application-copies";
import {
  demandFailure,
  demandNoFailures,
  demandSuccess,
  demandUntouched,
  demandVersions,
  type DrillContext,
  type Release,
} from "./context";
import { demand, type Drill } from "./drill";
import { currentRelease } from "./good-release";
import { Notices } from "./notices";

const title = "A release that nobody wants";
const answer = "the drill says no";

export const approvalRejected: Drill = {
  name: "approval-rejected",
  mustHold:
    "the prepared release is removed, the fleet is untouched, the notice names the commit; retried and approved, the release serves",
  run(context: DrillContext) {
    const notices = new Notices(context.options, context.settings.noticesTopicArn);
    return context.settings.withApproval(() => notices.during(() => reject(context, notices)));
  },
};

async function reject(context: DrillContext, notices: Notices): Promise<string> {
  const { fleet, settings } = context;
  const { approvals } = settings.follower;
  const [before, old, isDefault] = [
    await fleet.state(),
    await currentRelease(context),
    await fleet.defaultVersion(),
  ];
  const execution = await context.begin(
    context.application.changed(changes.greeting(`Hello from the unwanted, ${Date.now()}`)),
    title,
  );
  const approval = await context.during(execution, "an approval is asked for", () =>
    approvals.waiting(execution),
  );
  const prepared = await newestRelease(context);
  demand(prepared !== old, "no release was prepared before the approval");
  await approvals.answer(approval, "Rejected", answer);
  const release = await context.end(execution);
  const reason = demandFailure(release, approval.actionName, new RegExp(answer));
  demand(prepared === release.version, `release ${prepared} was prepared, but ${release.version} rejected`);

  await context.until("what was prepared is removed", async () =>
    [...(await fleet.releases()).values()].includes(release.version) ? undefined : true,
  );
  await demandUntouched(context, before);
  const nowDefault = await fleet.defaultVersion();
  demand(nowDefault === isDefault, `the default version was ${isDefault} and is ${nowDefault}`);
  const load = context.load();
  demandNoFailures(load);
  demandVersions(load, old);
  await demandNotice(context, notices, release);

  await new CodePipelineClient(context.options).send(
    new RetryStageExecutionCommand({
      pipelineName: settings.follower.pipelineName,
      stageName: approval.stageName,
      pipelineExecutionId: execution,
      retryMode: "ALL_ACTIONS",
    }),
  );
  const retried = await context.end(execution);
  demandSuccess(retried);
  demandVersions(await context.loadAfter(retried.endedAt), release.version);
  demandNoFailures(context.load());
  return `${release.version} was removed, ${old} served on, the notice names the commit; retried and approved it serves: ${reason}`;
}

/** The release that was prepared last, by its launch template version. */
async function newestRelease({ fleet }: DrillContext): Promise<string | undefined> {
  const releases = [...(await fleet.releases())].sort(([one], [other]) => Number(one) - Number(other));
  return releases.at(-1)?.[1];
}

async function demandNotice(context: DrillContext, notices: Notices, release: Release): Promise<void> {
  const commit = release.actions.find(({ output }) => output?.outputVariables?.CommitId)?.output
    ?.outputVariables?.CommitId;
  const { message } = await context.until("a notice of the failure", () =>
    notices.received.find((notice) => notice.message.includes(release.id)),
  );
  for (const part of [`${commit} "${title}"`, "approve", answer, release.version])
    demand(message.includes(part), `the notice does not have ${part}: ${message}`);
}
