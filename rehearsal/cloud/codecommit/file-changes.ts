import type { DeleteFileEntry, PutFileEntry, SetFileModeEntry } from "@aws-sdk/client-codecommit";
import { ServiceError } from "../api/service-error";
import type { TreeEntry } from "./bare-repository";
import { checkPath } from "./names";

export interface FileChanges {
  readonly putFiles: readonly PutFileEntry[];
  readonly deleteFiles: readonly DeleteFileEntry[];
  readonly setFileModes: readonly SetFileModeEntry[];
  readonly keepEmptyFolders: boolean;
}

export interface ChangedFile {
  readonly absolutePath: string;
  readonly blobId: string;
  readonly fileMode: FileMode;
}

export type FileMode = "NORMAL" | "EXECUTABLE" | "SYMLINK";

export interface ChangedTree {
  readonly files: ReadonlyMap<string, TreeEntry>;
  readonly added: ChangedFile[];
  readonly updated: ChangedFile[];
  readonly deleted: ChangedFile[];
}

const megabyte = 1024 * 1024;
/** https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const limits = { entries: 100, fileBytes: 6 * megabyte, totalBytes: 20 * megabyte };
const modes: Readonly<Record<FileMode, string>> = {
  NORMAL: "100644",
  EXECUTABLE: "100755",
  SYMLINK: "120000",
};

export const fileModeOf = (mode: string): FileMode =>
  mode === modes.EXECUTABLE ? "EXECUTABLE" : mode === modes.SYMLINK ? "SYMLINK" : "NORMAL";

/** @throws ServiceError for everything about a request that can be wrong without looking at the repository */
export function checkChanges({ putFiles, deleteFiles, setFileModes }: FileChanges): void {
  const paths = [...putFiles, ...deleteFiles, ...setFileModes].map(({ filePath }) => checkPath(filePath!));
  if (paths.length === 0)
    throw new ServiceError(
      "FileEntryRequiredException",
      "At least one file must be put, deleted or have its mode set",
    );
  if (paths.length > limits.entries)
    throw new ServiceError(
      "MaximumFileEntriesExceededException",
      `A commit can change at most ${limits.entries} files; ${paths.length} were given`,
    );
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice) throw new ServiceError("SamePathRequestException", `The path ${twice} is given more than once`);
  for (const put of putFiles) checkPut(put);
  const total = putFiles.reduce((sum, { fileContent }) => sum + (fileContent?.length ?? 0), 0);
  if (total > limits.totalBytes)
    throw new ServiceError(
      "FolderContentSizeLimitExceededException",
      `The commit holds ${total} bytes; 20 MB are allowed`,
    );
  const puts = putFiles.map(({ filePath }) => filePath!);
  const nested = puts.find((path) => puts.some((other) => other.startsWith(`${path}/`)));
  if (nested)
    throw new ServiceError(
      "PutFileEntryConflictException",
      `${nested} is given both as a file and as a folder`,
    );
}

function checkPut({ filePath, fileContent, sourceFile }: PutFileEntry): void {
  if (fileContent && sourceFile)
    throw new ServiceError(
      "FileContentAndSourceFileSpecifiedException",
      `Both content and a source file are given for ${filePath}; only one is allowed`,
    );
  if (!fileContent && !sourceFile)
    throw new ServiceError(
      "SourceFileOrContentRequiredException",
      `Content or a source file is required for ${filePath}`,
    );
  if (fileContent && fileContent.length > limits.fileBytes)
    throw new ServiceError("FileContentSizeLimitExceededException", `${filePath} is larger than 6 MB`);
}

/**
 * Applies changes to the files of a commit.
 * @throws ServiceError when the changes do not fit the files
 */
export async function applyChanges(
  before: ReadonlyMap<string, TreeEntry>,
  { putFiles, deleteFiles, setFileModes, keepEmptyFolders }: FileChanges,
  writeBlob: (content: Uint8Array) => Promise<string>,
): Promise<ChangedTree> {
  const files = new Map(before);
  const deleted: ChangedFile[] = [];
  const remove = (path: string): void => {
    const { mode, id } = existing(before, path);
    files.delete(path);
    deleted.push({ absolutePath: path, blobId: id, fileMode: fileModeOf(mode) });
  };
  for (const { filePath } of deleteFiles) remove(filePath!);
  for (const { filePath, fileMode } of setFileModes)
    files.set(filePath!, { mode: modes[fileMode!], id: existing(before, filePath!).id });

  const added: ChangedFile[] = [];
  const updated: ChangedFile[] = [];
  for (const { filePath: path, fileContent, fileMode, sourceFile } of putFiles) {
    const source = sourceFile && existing(before, checkPath(sourceFile.filePath!));
    const old = before.get(path!);
    const mode = fileMode ? modes[fileMode] : (source?.mode ?? old?.mode ?? modes.NORMAL);
    const id = source?.id ?? (await writeBlob(fileContent!));
    if (sourceFile?.isMove && files.has(sourceFile.filePath!)) remove(sourceFile.filePath!);
    files.set(path!, { mode, id });
    (old ? updated : added).push({ absolutePath: path!, blobId: id, fileMode: fileModeOf(mode) });
  }
  for (const { absolutePath } of added) checkPlace(files, absolutePath);
  if (keepEmptyFolders) await keepFolders(files, deleted, writeBlob);
  return { files, added, updated, deleted };
}

function existing(files: ReadonlyMap<string, TreeEntry>, path: string): TreeEntry {
  const entry = files.get(path);
  if (!entry)
    throw new ServiceError("FileDoesNotExistException", `The file ${path} does not exist in the branch`);
  return entry;
}

function checkPlace(files: ReadonlyMap<string, TreeEntry>, path: string): void {
  if ([...files.keys()].some((other) => other.startsWith(`${path}/`)))
    throw new ServiceError("FileNameConflictsWithDirectoryNameException", `${path} is the name of a folder`);
  const parts = path.split("/");
  for (let length = 1; length < parts.length; length++) {
    const parent = files.get(parts.slice(0, length).join("/"));
    if (parent?.mode === "160000")
      throw new ServiceError(
        "FilePathConflictsWithSubmodulePathException",
        `${path} lies inside a submodule`,
      );
    if (parent)
      throw new ServiceError(
        "DirectoryNameConflictsWithFileNameException",
        `A folder of ${path} is the name of a file`,
      );
  }
}

/** CodeCommit keeps a folder that loses its last file by a .gitkeep in it. */
async function keepFolders(
  files: Map<string, TreeEntry>,
  deleted: readonly ChangedFile[],
  writeBlob: (content: Uint8Array) => Promise<string>,
): Promise<void> {
  for (const { absolutePath } of deleted) {
    const folder = absolutePath.slice(0, absolutePath.lastIndexOf("/") + 1);
    if (folder && ![...files.keys()].some((path) => path.startsWith(folder)))
      files.set(`${folder}.gitkeep`, { mode: modes.NORMAL, id: await writeBlob(new Uint8Array()) });
  }
}
