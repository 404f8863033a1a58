import type { ActionExecutionDetail, ArtifactRevision } from "@aws-sdk/client-codepipeline";
import type { ExecutionEvent } from "../shared/execution-event";
import { drawnVersion } from "../shared/pipeline-execution";

/** What CodePipeline tells about an execution. */
export interface Failure {
  readonly revisions: readonly ArtifactRevision[];
  /** Oldest first. */
  readonly actions: readonly ActionExecutionDetail[];
}

export interface Notice {
  readonly subject: string;
  readonly message: string;
}

type Line = readonly [name: string, value: string];

/** SNS: fewer than 100 characters, ASCII, on one line. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const subjectLength = 99;

export function noticeOf(event: ExecutionEvent, { revisions, actions }: Failure): Notice {
  // the newest: after a retry those of earlier attempts are listed too
  const failed = actions.findLast(({ status }) => status === "Failed");
  const commits = revisions.map((revision): Line => ["Commit", commitOf(revision)]);
  const place = failed ? ` at ${failed.stageName}/${failed.actionName}` : "";
  return notice(event, place, [
    ...linesOf(failed),
    ...(commits.length > 0 ? commits : [["Commit", "none was fetched"] as const]),
    ["Version", drawnVersion(actions) ?? "none was drawn"],
  ]);
}

/** A notice without details is better than none: people have the link. */
export function noticeWithoutDetails(event: ExecutionEvent, because: string): Notice {
  return notice(event, "", [["Details", `can't be read: ${because}`]]);
}

function notice({ pipeline, executionId, region }: ExecutionEvent, place: string, lines: Line[]): Notice {
  const link = `https://${region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${pipeline}/executions/${executionId}`;
  return {
    subject: `${pipeline} failed${place}`.slice(0, subjectLength),
    message: [
      `Execution ${executionId} of the pipeline ${pipeline} failed.`,
      "",
      ...[...lines, ["Link", link] as const].map(([name, value]) => `${`${name}:`.padEnd(9)}${value}`),
    ].join("\n"),
  };
}

function linesOf(failed: ActionExecutionDetail | undefined): Line[] {
  if (!failed) return [["Action", "none has failed"]];
  const { errorDetails, externalExecutionSummary } = failed.output?.executionResult ?? {};
  return [
    ["Stage", failed.stageName ?? "unknown"],
    ["Action", failed.actionName ?? "unknown"],
    ["Reason", errorDetails?.message || externalExecutionSummary || "none was given"],
  ];
}

/** The id, and the first line of the commit's message. */
function commitOf({ revisionId = "unknown", revisionSummary = "" }: ArtifactRevision): string {
  const [title = ""] = revisionSummary.trim().split("\n");
  return title === "" ? revisionId : `${revisionId} "${title}"`;
}
