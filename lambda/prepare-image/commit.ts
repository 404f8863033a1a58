import { GetCommitCommand, type CodeCommitClient } from "@aws-sdk/client-codecommit";
import { jobFailed } from "../shared/action-failure";

export interface CommitDetails {
  readonly message: string;
  readonly authorDate: string;
  readonly committerDate: string;
}

export async function readCommit(
  codeCommit: CodeCommitClient,
  repositoryName: string,
  commitId: string,
): Promise<CommitDetails> {
  const { commit } = await codeCommit.send(new GetCommitCommand({ repositoryName, commitId }));
  if (!commit) throw jobFailed(`CodeCommit returned no commit ${commitId} of ${repositoryName}`);
  return {
    message: commit.message ?? "",
    authorDate: isoDate(commit.author?.date),
    committerDate: isoDate(commit.committer?.date),
  };
}

/** Git's `seconds offset`, such as `1484167798 -0800`, in ISO 8601 with the same offset; anything else as it is. */
export function isoDate(date = ""): string {
  const [, seconds, sign, hours, minutes] = /^(\d{1,11}) ([+-])(\d{2})(\d{2})$/.exec(date) ?? [];
  if (seconds === undefined) return date;
  const offsetMinutes = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const local = new Date((Number(seconds) + offsetMinutes * 60) * 1000);
  return `${local.toISOString().slice(0, 19)}${sign}${hours}:${minutes}`;
}
