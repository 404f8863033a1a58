import {
  type CodeCommitServiceException,
  CreateCommitCommand,
  GetBranchCommand,
  GetDifferencesCommand,
  type CodeCommitClient,
} from "@aws-sdk/client-codecommit";
import type { AppFile } from "./app-files";
import { UserError } from "./user-error";

/** What a commit would change. */
export interface Changes {
  readonly put: readonly AppFile[];
  readonly remove: readonly string[];
}

/** What the branch's newest commit holds: blob and mode by path. */
export type Tree = ReadonlyMap<string, { readonly blobId: string; readonly mode: string }>;

export interface Tip {
  /** undefined: the branch doesn't exist yet */
  readonly commitId: string | undefined;
  readonly tree: Tree;
}

export interface Author {
  readonly name: string | undefined;
  readonly email: string | undefined;
}

/**
 * https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html: 6 MB a file and 20 MB a commit through the API.
 * A commit can't be split for them, as each commit is released.
 */
const mostBytes = { file: 6 * 1024 * 1024, commit: 20 * 1024 * 1024 } as const;

export function compare(files: readonly AppFile[], tree: Tree): Changes {
  const kept = new Set(files.map((file) => file.path));
  return {
    put: files.filter((file) => {
      const there = tree.get(file.path);
      return there?.blobId !== file.blobId || there.mode !== gitMode(file.mode);
    }),
    remove: [...tree.keys()].filter((path) => !kept.has(path)),
  };
}

/** One branch of a CodeCommit repository. */
export class AppRepository {
  constructor(
    private readonly client: CodeCommitClient,
    private readonly repository: string,
    private readonly branch: string,
  ) {}

  async tip(): Promise<Tip> {
    const commitId = await this.newestCommit();
    return { commitId, tree: commitId === undefined ? new Map() : await this.treeOf(commitId) };
  }

  /** Answers the id of the new commit. */
  async commit(
    changes: Changes,
    parent: string | undefined,
    message: string,
    author: Author,
  ): Promise<string> {
    checkSize(changes.put);
    try {
      const { commitId } = await this.client.send(
        new CreateCommitCommand({
          repositoryName: this.repository,
          branchName: this.branch,
          parentCommitId: parent,
          commitMessage: message,
          authorName: author.name,
          email: author.email,
          putFiles: changes.put.map(({ path, content, mode }) => ({
            filePath: path,
            fileContent: content,
            fileMode: mode,
          })),
          deleteFiles: changes.remove.map((filePath) => ({ filePath })),
        }),
      );
      if (commitId === undefined) throw new Error("CodeCommit answered without a commit id");
      return commitId;
    } catch (error) {
      throw this.explain(error, changes);
    }
  }

  private async newestCommit(): Promise<string | undefined> {
    try {
      const { branch } = await this.client.send(
        new GetBranchCommand({ repositoryName: this.repository, branchName: this.branch }),
      );
      return branch?.commitId;
    } catch (error) {
      if (isNamed(error, "BranchDoesNotExistException")) return undefined;
      if (isNamed(error, "RepositoryDoesNotExistException")) {
        throw new UserError(
          `there is no repository "${this.repository}" yet; deploy the pipeline's stack first, with: npx cdktf deploy`,
        );
      }
      throw error;
    }
  }

  /** The difference to nothing is everything, in pages and without a call for each folder. */
  private async treeOf(commitId: string): Promise<Tree> {
    const tree = new Map<string, { blobId: string; mode: string }>();
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new GetDifferencesCommand({
          repositoryName: this.repository,
          afterCommitSpecifier: commitId,
          NextToken: token,
        }),
      );
      for (const { afterBlob } of page.differences ?? []) {
        if (afterBlob?.path === undefined) continue;
        tree.set(afterBlob.path, { blobId: afterBlob.blobId ?? "", mode: afterBlob.mode ?? "" });
      }
      token = page.NextToken;
    } while (token !== undefined);
    return tree;
  }

  private explain(error: unknown, changes: Changes): unknown {
    if (isNamed(error, "ParentCommitIdOutdatedException", "ConcurrentReferenceUpdateException")) {
      return new UserError(
        `somebody else committed to ${this.branch} of "${this.repository}" in the meantime; run this again`,
      );
    }
    if (isNamed(error, "MaximumFileEntriesExceededException")) {
      const count = changes.put.length + changes.remove.length;
      return new UserError(
        `${count} changed files are more than CodeCommit takes in one commit through its API; push with git instead`,
      );
    }
    return error;
  }
}

function checkSize(files: readonly AppFile[]): void {
  const big = files.filter(({ content }) => content.length > mostBytes.file);
  if (big.length > 0) {
    const list = big.map(({ path, content }) => `"${path}" (${megabytes(content.length)})`).join(", ");
    throw new UserError(
      `too big for CodeCommit's API: ${list}; allowed: ${megabytes(mostBytes.file)} a file; push with git instead`,
    );
  }
  const total = files.reduce((sum, { content }) => sum + content.length, 0);
  if (total > mostBytes.commit) {
    throw new UserError(
      `the changed files are ${megabytes(total)} together; CodeCommit's API allows ${megabytes(mostBytes.commit)} a commit; push with git instead`,
    );
  }
}

function gitMode(mode: AppFile["mode"]): string {
  return mode === "EXECUTABLE" ? "100755" : "100644";
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

function isNamed(error: unknown, ...names: string[]): error is CodeCommitServiceException {
  return error instanceof Error && names.includes(error.name);
}
