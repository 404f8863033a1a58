import type {
  CreateBranchInput,
  DeleteBranchInput,
  DeleteBranchOutput,
  GetBranchInput,
  GetBranchOutput,
  ListBranchesInput,
  ListBranchesOutput,
} from "@aws-sdk/client-codecommit";
import { page } from "../../api/page";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { checkBranchName, checkId } from "../names";
import { onRepository } from "../permissions";
import type { ReferenceChanges } from "../reference-changes";
import type { RepositoryRecord, RepositoryStore } from "../store";

/** Branches of a repository. */
export function branchOperations(store: RepositoryStore, references: ReferenceChanges) {
  const createBranch: Operation<CreateBranchInput, void> = {
    permissions: ({ repositoryName, branchName }) =>
      onRepository(store, "CreateBranch", repositoryName!, branchName),
    async run({ repositoryName, branchName, commitId }, { caller }) {
      const repository = store.get(repositoryName!);
      checkBranchName(branchName!);
      checkId(commitId!, "InvalidCommitIdException");
      if (!(await repository.bare.commit(commitId!)))
        throw new ServiceError("CommitDoesNotExistException", `The commit ${commitId} does not exist`);
      await references.watch(repository, caller, async () => {
        if ((await repository.bare.branches()).has(branchName!))
          throw new ServiceError("BranchNameExistsException", `The branch ${branchName} exists already`);
        await repository.bare.moveReference(`refs/heads/${branchName}`, commitId!, undefined);
      });
    },
  };
  const getBranch: Operation<GetBranchInput, GetBranchOutput> = {
    permissions: ({ repositoryName }) => onRepository(store, "GetBranch", repositoryName ?? ""),
    async run({ repositoryName, branchName }) {
      if (!repositoryName)
        throw new ServiceError("RepositoryNameRequiredException", "A repository name is required");
      const repository = store.get(repositoryName);
      if (!branchName) throw new ServiceError("BranchNameRequiredException", "A branch name is required");
      return { branch: { branchName, commitId: await tipOf(repository, branchName) } };
    },
  };
  const listBranches: Operation<ListBranchesInput, ListBranchesOutput> = {
    permissions: ({ repositoryName }) => onRepository(store, "ListBranches", repositoryName!),
    async run({ repositoryName, nextToken }) {
      const names = [...(await store.get(repositoryName!).bare.branches()).keys()];
      const { items, next } = page(names, nextToken, 1000, "InvalidContinuationTokenException");
      return { branches: items, nextToken: next };
    },
  };
  const deleteBranch: Operation<DeleteBranchInput, DeleteBranchOutput> = {
    permissions: ({ repositoryName, branchName }) =>
      onRepository(store, "DeleteBranch", repositoryName!, branchName),
    async run({ repositoryName, branchName }, { caller }) {
      const repository = store.get(repositoryName!);
      checkBranchName(branchName!);
      if (repository.defaultBranch === branchName)
        throw new ServiceError(
          "DefaultBranchCannotBeDeletedException",
          `${branchName} is the default branch`,
        );
      return references.watch(repository, caller, async () => {
        const commitId = (await repository.bare.branches()).get(branchName!);
        if (!commitId) return {};
        await repository.bare.moveReference(`refs/heads/${branchName}`, undefined, commitId);
        return { deletedBranch: { branchName, commitId } };
      });
    },
  };
  return {
    CreateBranch: createBranch,
    GetBranch: getBranch,
    ListBranches: listBranches,
    DeleteBranch: deleteBranch,
  };
}

/** @throws ServiceError BranchDoesNotExistException */
export async function tipOf(repository: RepositoryRecord, branchName: string): Promise<string> {
  checkBranchName(branchName);
  const tip = (await repository.bare.branches()).get(branchName);
  if (!tip) throw new ServiceError("BranchDoesNotExistException", `The branch ${branchName} does not exist`);
  return tip;
}
