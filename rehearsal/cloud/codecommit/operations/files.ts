import type {
  GetBlobInput,
  GetBlobOutput,
  GetDifferencesInput,
  GetDifferencesOutput,
  GetFileInput,
  GetFileOutput,
  GetFolderInput,
  GetFolderOutput,
} from "@aws-sdk/client-codecommit";
import { page } from "../../api/page";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { differences } from "../differences";
import { fileModeOf } from "../file-changes";
import { checkId } from "../names";
import { onRepository } from "../permissions";
import type { RepositoryRecord, RepositoryStore } from "../store";

const largestFile = 6 * 1024 * 1024;

/** Reading files, folders and what differs between commits. */
export function fileOperations(store: RepositoryStore) {
  const on =
    (operation: string) =>
    ({ repositoryName }: { repositoryName?: string | undefined }) =>
      onRepository(store, operation, repositoryName!);

  const getFile: Operation<GetFileInput, GetFileOutput> = {
    permissions: on("GetFile"),
    async run({ repositoryName, commitSpecifier, filePath }) {
      const repository = store.get(repositoryName!);
      const path = trimmed(filePath!);
      if (path === "") throw new ServiceError("PathRequiredException", "The path of the file is required");
      const commitId = await resolve(repository, commitSpecifier);
      const entry = (await repository.bare.files(commitId)).get(path);
      if (!entry || entry.mode === "160000")
        throw new ServiceError(
          "FileDoesNotExistException",
          `The file ${filePath} does not exist in ${commitId}`,
        );
      const fileContent = await contentOf(repository, entry.id);
      return {
        commitId,
        blobId: entry.id,
        filePath: path,
        fileMode: fileModeOf(entry.mode),
        fileSize: fileContent.length,
        fileContent,
      };
    },
  };
  const getBlob: Operation<GetBlobInput, GetBlobOutput> = {
    permissions: on("GetBlob"),
    async run({ repositoryName, blobId }) {
      const repository = store.get(repositoryName!);
      checkId(blobId!, "InvalidBlobIdException");
      if ((await repository.bare.type(blobId!)) !== "blob")
        throw new ServiceError("BlobIdDoesNotExistException", `The blob ${blobId} does not exist`);
      return { content: await contentOf(repository, blobId!) };
    },
  };
  const getFolder: Operation<GetFolderInput, GetFolderOutput> = {
    permissions: on("GetFolder"),
    async run({ repositoryName, commitSpecifier, folderPath }) {
      const repository = store.get(repositoryName!);
      const path = trimmed(folderPath!);
      const commitId = await resolve(repository, commitSpecifier);
      const treeId = await repository.bare.objectAt(commitId, path, "tree");
      if (!treeId)
        throw new ServiceError("FolderDoesNotExistException", `The folder ${folderPath} does not exist`);
      const entries = [...(await repository.bare.folder(treeId))].map(([name, { mode, id }]) => ({
        names: { absolutePath: path ? `${path}/${name}` : name, relativePath: name },
        mode,
        id,
      }));
      const filesOf = (...modes: string[]) =>
        entries
          .filter(({ mode }) => modes.includes(mode))
          .map(({ names, id, mode }) => ({ ...names, blobId: id, fileMode: fileModeOf(mode) }));
      return {
        commitId,
        folderPath: path,
        treeId,
        subFolders: entries
          .filter(({ mode }) => mode === "040000")
          .map(({ id, names }) => ({ ...names, treeId: id })),
        files: filesOf("100644", "100755"),
        symbolicLinks: filesOf("120000"),
        subModules: entries
          .filter(({ mode }) => mode === "160000")
          .map(({ id, names }) => ({ ...names, commitId: id })),
      };
    },
  };
  const getDifferences: Operation<GetDifferencesInput, GetDifferencesOutput> = {
    permissions: on("GetDifferences"),
    async run({
      repositoryName,
      beforeCommitSpecifier,
      afterCommitSpecifier,
      beforePath,
      afterPath,
      ...input
    }) {
      const { MaxResults: size = 100, NextToken: token } = input;
      const repository = store.get(repositoryName!);
      if (size < 1)
        throw new ServiceError("InvalidMaxResultsException", `MaxResults must be at least 1, not ${size}`);
      const after = await repository.bare.files(await resolve(repository, afterCommitSpecifier));
      const before = beforeCommitSpecifier
        ? await repository.bare.files(await resolve(repository, beforeCommitSpecifier))
        : new Map<string, never>();
      const found = differences(below(before, beforePath), below(after, afterPath));
      const { items, next } = page(found, token, size, "InvalidContinuationTokenException");
      return { differences: items, NextToken: next };
    },
  };
  return { GetFile: getFile, GetBlob: getBlob, GetFolder: getFolder, GetDifferences: getDifferences };
}

/** The commit that a specifier names; without one, the tip of the default branch. */
async function resolve(repository: RepositoryRecord, specifier: string | undefined): Promise<string> {
  const name = specifier ?? repository.defaultBranch;
  const commitId = name ? await repository.bare.resolve(name) : undefined;
  if (!commitId)
    throw new ServiceError(
      "CommitDoesNotExistException",
      `The commit ${name ?? "of the default branch"} does not exist`,
    );
  return commitId;
}

async function contentOf(repository: RepositoryRecord, blobId: string): Promise<Buffer> {
  if ((await repository.bare.size(blobId)) > largestFile)
    throw new ServiceError("FileTooLargeException", "The file exceeds 6 MB: use git to read it");
  return repository.bare.blob(blobId);
}

function below<T>(files: ReadonlyMap<string, T>, path: string | undefined): ReadonlyMap<string, T> {
  const prefix = trimmed(path ?? "");
  if (prefix === "") return files;
  const found = [...files].filter(([name]) => name === prefix || name.startsWith(`${prefix}/`));
  if (found.length === 0)
    throw new ServiceError("PathDoesNotExistException", `The path ${path} does not exist`);
  return new Map(found);
}

const trimmed = (path: string): string => path.replace(/^\/|\/$/g, "");
