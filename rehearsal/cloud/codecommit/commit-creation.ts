import { ServiceError } from "../api/service-error";
import type { Caller } from "../api/service";
import { applyChanges, type ChangedTree, checkChanges, type FileChanges } from "./file-changes";
import { checkBranchName, checkId } from "./names";
import type { ReferenceChanges } from "./reference-changes";
import type { RepositoryRecord } from "./store";

export interface CommitRequest {
  readonly branchName: string;
  readonly parentCommitId: string | undefined;
  readonly authorName: string | undefined;
  readonly email: string | undefined;
  readonly message: string | undefined;
  readonly changes: FileChanges;
  /** What the operation calls a commit that would change nothing. */
  readonly unchangedCode: "NoChangeException" | "SameFileContentException";
}

export interface CreatedCommit extends ChangedTree {
  readonly commitId: string;
  readonly treeId: string;
}

/** Makes a commit on a branch, or the first one of a repository, in one step that either happens or does not. */
export async function createCommit(
  repository: RepositoryRecord,
  references: ReferenceChanges,
  caller: Caller,
  request: CommitRequest,
): Promise<CreatedCommit> {
  const { branchName, changes } = request;
  checkBranchName(branchName);
  checkChanges(changes);
  if (request.email !== undefined && request.email !== "" && !/^[^<>\s]+@[^<>\s]+$/.test(request.email))
    throw new ServiceError("InvalidEmailException", `The email address ${request.email} is not valid`);
  const { bare } = repository;
  return references.watch(repository, caller, async () => {
    const parent = await parentOf(repository, request);
    const before = parent ? await bare.files(parent) : new Map<string, never>();
    const changed = await applyChanges(before, changes, (content) => bare.writeBlob(content));
    const treeId = await bare.writeTree(changed.files);
    if (parent && (await bare.commit(parent))?.treeId === treeId)
      throw new ServiceError(
        request.unchangedCode,
        `The commit can't be made: it would change nothing on ${branchName} of ${repository.name}`,
      );
    const name = clean(request.authorName ?? caller.arn.split("/").at(-1)!);
    const signature = { name, email: request.email ?? "", date: `${Math.floor(Date.now() / 1000)} +0000` };
    const commitId = await bare.writeCommit(treeId, parent ? [parent] : [], signature, request.message ?? "");
    await bare.moveReference(`refs/heads/${branchName}`, commitId, parent);
    return { ...changed, commitId, treeId };
  });
}

async function parentOf(
  repository: RepositoryRecord,
  { branchName, parentCommitId }: CommitRequest,
): Promise<string | undefined> {
  const { bare } = repository;
  const references = await bare.references();
  if (references.has(`refs/tags/${branchName}`))
    throw new ServiceError("BranchNameIsTagNameException", `${branchName} is the name of a tag`);
  const tip = references.get(`refs/heads/${branchName}`);
  if (parentCommitId !== undefined) {
    checkId(parentCommitId, "InvalidParentCommitIdException");
    if (!(await bare.commit(parentCommitId)))
      throw new ServiceError(
        "ParentCommitDoesNotExistException",
        `The parent commit ${parentCommitId} does not exist`,
      );
  }
  if (!tip) {
    if (references.size === 0) return undefined;
    throw new ServiceError("BranchDoesNotExistException", `The branch ${branchName} does not exist`);
  }
  if (parentCommitId === undefined)
    throw new ServiceError(
      "ParentCommitIdRequiredException",
      "A parent commit ID is required: the tip of the branch that the commit follows",
    );
  if (parentCommitId !== tip)
    throw new ServiceError(
      "ParentCommitIdOutdatedException",
      `The parent commit ${parentCommitId} is not the tip of ${branchName}: ${tip} is`,
    );
  return tip;
}

/** Characters that end a name in a commit object. */
const clean = (name: string): string => name.replace(/[<>\n\0]/g, "").trim();
