import type {
  BatchGetRepositoriesInput,
  BatchGetRepositoriesOutput,
  CreateRepositoryInput,
  CreateRepositoryOutput,
  DeleteRepositoryInput,
  DeleteRepositoryOutput,
  GetRepositoryInput,
  GetRepositoryOutput,
  ListRepositoriesInput,
  ListRepositoriesOutput,
  RepositoryMetadata,
  UpdateDefaultBranchInput,
  UpdateRepositoryDescriptionInput,
  UpdateRepositoryEncryptionKeyInput,
  UpdateRepositoryEncryptionKeyOutput,
  UpdateRepositoryNameInput,
} from "@aws-sdk/client-codecommit";
import { page } from "../../api/page";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import type { Cloud } from "../../cloud";
import { onRepository, requestTags } from "../permissions";
import type { RepositoryRecord, RepositoryStore } from "../store";
import { checkTags } from "./tags";

/** Creating, reading and changing repositories. */
export function repositoryOperations(cloud: Cloud, store: RepositoryStore) {
  const metadata = (record: RepositoryRecord): RepositoryMetadata => ({
    accountId: cloud.accountId,
    repositoryId: record.id,
    repositoryName: record.name,
    repositoryDescription: record.description,
    defaultBranch: record.defaultBranch,
    lastModifiedDate: record.modified,
    creationDate: record.created,
    cloneUrlHttp: `${cloud.endpoint}/v1/repos/${record.name}`,
    // no ssh server in the local cloud: the address that AWS would give
    cloneUrlSsh: `ssh://git-codecommit.${cloud.region}.amazonaws.com/v1/repos/${record.name}`,
    Arn: store.arnOf(record.name),
    kmsKeyId: record.kmsKeyId,
  });
  const on =
    (operation: string) =>
    ({ repositoryName }: { repositoryName?: string | undefined }) =>
      onRepository(store, operation, repositoryName!);

  const createRepository: Operation<CreateRepositoryInput, CreateRepositoryOutput> = {
    permissions({ repositoryName, tags }) {
      const resource = store.arnOf(repositoryName!);
      const context = requestTags(tags ?? {});
      const tagging = Object.keys(tags ?? {}).length > 0;
      return [
        { action: "codecommit:CreateRepository", resource, context },
        ...(tagging ? [{ action: "codecommit:TagResource", resource, context }] : []),
      ];
    },
    async run({ repositoryName, repositoryDescription, kmsKeyId, tags }) {
      checkTags(tags ?? {});
      const record = await store.create({
        name: repositoryName!,
        description: repositoryDescription,
        kmsKeyId,
        tags: new Map(Object.entries(tags ?? {})),
      });
      return { repositoryMetadata: metadata(record) };
    },
  };
  const getRepository: Operation<GetRepositoryInput, GetRepositoryOutput> = {
    permissions: on("GetRepository"),
    run: ({ repositoryName }) => ({ repositoryMetadata: metadata(store.get(repositoryName!)) }),
  };
  const deleteRepository: Operation<DeleteRepositoryInput, DeleteRepositoryOutput> = {
    permissions: on("DeleteRepository"),
    // as on AWS, deleting what is not there is no error and answers no id
    run: async ({ repositoryName }) => ({ repositoryId: (await store.delete(repositoryName!))?.id }),
  };
  const batchGetRepositories: Operation<BatchGetRepositoriesInput, BatchGetRepositoriesOutput> = {
    permissions: ({ repositoryNames }) =>
      repositoryNames!.flatMap((name) => onRepository(store, "BatchGetRepositories", name)),
    run({ repositoryNames }) {
      if (repositoryNames!.length > 25)
        throw new ServiceError(
          "MaximumRepositoryNamesExceededException",
          `At most 25 repository names are allowed; ${repositoryNames!.length} were given`,
        );
      return {
        repositories: repositoryNames!.flatMap((name) => store.find(name) ?? []).map(metadata),
        repositoriesNotFound: repositoryNames!.filter((name) => !store.find(name)),
      };
    },
  };
  const listRepositories: Operation<ListRepositoriesInput, ListRepositoriesOutput> = {
    permissions: () => [{ action: "codecommit:ListRepositories", resource: "*" }],
    run({ sortBy, order, nextToken }) {
      const key = ({ name, modified }: RepositoryRecord): string =>
        sortBy === "lastModifiedDate" ? modified.toISOString() : name;
      const sorted = store.all().sort((a, b) => (key(a) < key(b) ? -1 : 1));
      if (order === "descending") sorted.reverse();
      const { items, next } = page(sorted, nextToken, 1000, "InvalidContinuationTokenException");
      return {
        repositories: items.map(({ id, name }) => ({ repositoryId: id, repositoryName: name })),
        nextToken: next,
      };
    },
  };
  const updateRepositoryName: Operation<UpdateRepositoryNameInput, void> = {
    permissions: ({ oldName, newName }) =>
      [oldName!, newName!].flatMap((name) => onRepository(store, "UpdateRepositoryName", name)),
    run: ({ oldName, newName }) => store.rename(oldName!, newName!),
  };
  const updateRepositoryDescription: Operation<UpdateRepositoryDescriptionInput, void> = {
    permissions: on("UpdateRepositoryDescription"),
    run({ repositoryName, repositoryDescription }) {
      const record = store.get(repositoryName!);
      record.description = repositoryDescription;
      record.modified = new Date();
    },
  };
  const updateDefaultBranch: Operation<UpdateDefaultBranchInput, void> = {
    permissions: on("UpdateDefaultBranch"),
    async run({ repositoryName, defaultBranchName }) {
      const record = store.get(repositoryName!);
      if (!(await record.bare.branches()).has(defaultBranchName!))
        throw new ServiceError(
          "BranchDoesNotExistException",
          `The branch ${defaultBranchName} does not exist`,
        );
      record.defaultBranch = defaultBranchName!;
      record.modified = new Date();
      await record.bare.pointHead(defaultBranchName!);
    },
  };
  const updateRepositoryEncryptionKey: Operation<
    UpdateRepositoryEncryptionKeyInput,
    UpdateRepositoryEncryptionKeyOutput
  > = {
    permissions: on("UpdateRepositoryEncryptionKey"),
    run({ repositoryName, kmsKeyId }) {
      const record = store.get(repositoryName!);
      const originalKmsKeyId = record.kmsKeyId;
      record.kmsKeyId = kmsKeyId!;
      return { repositoryId: record.id, kmsKeyId, originalKmsKeyId };
    },
  };
  return {
    CreateRepository: createRepository,
    GetRepository: getRepository,
    DeleteRepository: deleteRepository,
    BatchGetRepositories: batchGetRepositories,
    ListRepositories: listRepositories,
    UpdateRepositoryName: updateRepositoryName,
    UpdateRepositoryDescription: updateRepositoryDescription,
    UpdateDefaultBranch: updateDefaultBranch,
    UpdateRepositoryEncryptionKey: updateRepositoryEncryptionKey,
  };
}
