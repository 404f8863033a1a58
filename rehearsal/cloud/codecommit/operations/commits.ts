import type {
  BatchGetCommitsInput,
  BatchGetCommitsOutput,
  CreateCommitInput,
  CreateCommitOutput,
  DeleteFileInput,
  DeleteFileOutput,
  GetCommitInput,
  GetCommitOutput,
  PutFileInput,
  PutFileOutput,
} from "@aws-sdk/client-codecommit";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { createCommit } from "../commit-creation";
import { checkId } from "../names";
import { onRepository } from "../permissions";
import type { ReferenceChanges } from "../reference-changes";
import type { RepositoryStore } from "../store";

/** Making and reading commits. */
export function commitOperations(store: RepositoryStore, references: ReferenceChanges) {
  const onBranch =
    (operation: string) =>
    ({
      repositoryName,
      branchName,
    }: {
      repositoryName?: string | undefined;
      branchName?: string | undefined;
    }) =>
      onRepository(store, operation, repositoryName!, branchName);

  const create: Operation<CreateCommitInput, CreateCommitOutput> = {
    permissions: onBranch("CreateCommit"),
    async run(input, { caller }) {
      const commit = await createCommit(store.get(input.repositoryName!), references, caller, {
        branchName: input.branchName!,
        parentCommitId: input.parentCommitId,
        authorName: input.authorName,
        email: input.email,
        message: input.commitMessage,
        changes: {
          putFiles: input.putFiles ?? [],
          deleteFiles: input.deleteFiles ?? [],
          setFileModes: input.setFileModes ?? [],
          keepEmptyFolders: input.keepEmptyFolders ?? false,
        },
        unchangedCode: "NoChangeException",
      });
      return {
        commitId: commit.commitId,
        treeId: commit.treeId,
        filesAdded: commit.added,
        filesUpdated: commit.updated,
        filesDeleted: commit.deleted,
      };
    },
  };
  const putFile: Operation<PutFileInput, PutFileOutput> = {
    permissions: onBranch("PutFile"),
    async run({ repositoryName, branchName, filePath, fileContent, fileMode, ...input }, { caller }) {
      const commit = await createCommit(store.get(repositoryName!), references, caller, {
        branchName: branchName!,
        parentCommitId: input.parentCommitId,
        authorName: input.name,
        email: input.email,
        message: input.commitMessage,
        changes: {
          putFiles: [{ filePath, fileContent, fileMode }],
          deleteFiles: [],
          setFileModes: [],
          keepEmptyFolders: false,
        },
        unchangedCode: "SameFileContentException",
      });
      return { commitId: commit.commitId, treeId: commit.treeId, blobId: commit.files.get(filePath!)!.id };
    },
  };
  const deleteFile: Operation<DeleteFileInput, DeleteFileOutput> = {
    permissions: onBranch("DeleteFile"),
    async run({ repositoryName, branchName, filePath, ...input }, { caller }) {
      const commit = await createCommit(store.get(repositoryName!), references, caller, {
        branchName: branchName!,
        parentCommitId: input.parentCommitId,
        authorName: input.name,
        email: input.email,
        message: input.commitMessage,
        changes: {
          putFiles: [],
          deleteFiles: [{ filePath }],
          setFileModes: [],
          keepEmptyFolders: input.keepEmptyFolders ?? false,
        },
        unchangedCode: "NoChangeException",
      });
      return {
        commitId: commit.commitId,
        treeId: commit.treeId,
        blobId: commit.deleted[0]!.blobId,
        filePath,
      };
    },
  };
  const getCommit: Operation<GetCommitInput, GetCommitOutput> = {
    permissions: ({ repositoryName }) => onRepository(store, "GetCommit", repositoryName!),
    async run({ repositoryName, commitId }) {
      const repository = store.get(repositoryName!);
      checkId(commitId!, "InvalidCommitIdException");
      const commit = await repository.bare.commit(commitId!);
      if (!commit)
        throw new ServiceError("CommitIdDoesNotExistException", `The commit ${commitId} does not exist`);
      return { commit: { ...commit, parents: [...commit.parents], additionalData: "" } };
    },
  };
  const batchGetCommits: Operation<BatchGetCommitsInput, BatchGetCommitsOutput> = {
    permissions: ({ repositoryName }) => onRepository(store, "BatchGetCommits", repositoryName!),
    async run({ repositoryName, commitIds }) {
      const repository = store.get(repositoryName!);
      if (commitIds!.length > 100)
        throw new ServiceError("CommitIdsLimitExceededException", "At most 100 commit ids are allowed");
      const found = await Promise.all(commitIds!.map((id) => repository.bare.commit(id)));
      return {
        commits: found.flatMap((commit) =>
          commit ? [{ ...commit, parents: [...commit.parents], additionalData: "" }] : [],
        ),
        errors: commitIds!.flatMap((commitId, index) =>
          found[index]
            ? []
            : [
                {
                  commitId,
                  errorCode: "CommitIdDoesNotExist",
                  errorMessage: `The commit ${commitId} does not exist`,
                },
              ],
        ),
      };
    },
  };
  return {
    CreateCommit: create,
    PutFile: putFile,
    DeleteFile: deleteFile,
    GetCommit: getCommit,
    BatchGetCommits: batchGetCommits,
  };
}
