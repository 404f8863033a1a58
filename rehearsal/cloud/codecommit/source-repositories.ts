import { mkdir } from "node:fs/promises";
import { ServiceError } from "../api/service-error";
import { archive } from "./archive";
import { git } from "./git";
import { tipOf } from "./operations/branches";
import type { RepositoryStore } from "./store";

export interface SourceCommit {
  readonly message: string;
  /** ISO 8601 */
  readonly authorDate: string;
  readonly committerDate: string;
}

/** Repositories as other services of the cloud read them; whoever calls has checked the permissions. */
export interface SourceRepositories {
  /** @throws ServiceError as GetBranch does */
  branchTip(repositoryName: string, branchName: string): Promise<string>;
  /** @throws ServiceError CommitIdDoesNotExistException */
  commit(repositoryName: string, commitId: string): Promise<SourceCommit>;
  /** The tree of a commit as a zip, executable bits kept. */
  archive(repositoryName: string, commitId: string): Promise<Buffer>;
  /**
   * Clones a repository into an empty folder and checks out a branch, tag or commit; without one, the default branch.
   * @returns the commit's id
   */
  checkOut(repositoryName: string, version: string | undefined, directory: string): Promise<string>;
}

export function sourceRepositories(store: RepositoryStore, signal: AbortSignal): SourceRepositories {
  return {
    branchTip: (repositoryName, branchName) => tipOf(store.get(repositoryName), branchName),
    async commit(repositoryName, commitId) {
      const commit = await store.get(repositoryName).bare.commit(commitId);
      if (!commit)
        throw new ServiceError("CommitIdDoesNotExistException", `The commit ${commitId} does not exist`);
      return {
        message: commit.message,
        authorDate: isoDate(commit.author.date),
        committerDate: isoDate(commit.committer.date),
      };
    },
    archive: (repositoryName, commitId) => archive(store.get(repositoryName), commitId),
    async checkOut(repositoryName, version, directory) {
      const repository = store.get(repositoryName);
      const name = version ?? repository.defaultBranch;
      const commitId = name && (await repository.bare.resolve(name));
      if (!commitId)
        throw new ServiceError("CommitDoesNotExistException", `reference not found for ${name ?? "HEAD"}`);
      await mkdir(directory, { recursive: true });
      const folder = `${directory}/.git`;
      const worktree = ["--work-tree", directory];
      await git(folder, ["clone", "--quiet", "--no-checkout", repository.bare.directory, directory], {
        signal,
      });
      await git(folder, [...worktree, "checkout", "--quiet", "--detach", commitId], { signal });
      return commitId;
    },
  };
}

function isoDate(raw: string): string {
  return new Date(Number(raw.split(" ")[0]) * 1000).toISOString().replace(".000Z", "Z");
}
