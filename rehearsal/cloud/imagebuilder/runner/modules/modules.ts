import type { ActionModule } from "../action-module";
import { executeBash, executeBinary } from "./execute";
import { executeDocument } from "./execute-document";
import {
  appendFile,
  copyFile,
  createFile,
  createSymlink,
  deleteFile,
  listFiles,
  moveFile,
  readFile,
  setFileEncoding,
} from "./files";
import { copyFolder, createFolder, deleteFolder, moveFolder } from "./folders";
import { setFileOwner, setFilePermissions, setFolderOwner, setFolderPermissions } from "./owners";
import { s3Download, s3Upload } from "./s3";
import { assert, reboot, updateOs } from "./system";
import { webDownload } from "./web-download";

/** Action modules by name. https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-action-modules.html */
export const modules: Readonly<Record<string, ActionModule>> = {
  AppendFile: appendFile,
  Assert: assert,
  CopyFile: copyFile,
  CopyFolder: copyFolder,
  CreateFile: createFile,
  CreateFolder: createFolder,
  CreateSymlink: createSymlink,
  DeleteFile: deleteFile,
  DeleteFolder: deleteFolder,
  ExecuteBash: executeBash,
  ExecuteBinary: executeBinary,
  ExecuteDocument: executeDocument,
  ListFiles: listFiles,
  MoveFile: moveFile,
  MoveFolder: moveFolder,
  ReadFile: readFile,
  Reboot: reboot,
  S3Download: s3Download,
  S3Upload: s3Upload,
  SetFileEncoding: setFileEncoding,
  SetFileOwner: setFileOwner,
  SetFilePermissions: setFilePermissions,
  SetFolderOwner: setFolderOwner,
  SetFolderPermissions: setFolderPermissions,
  UpdateOS: updateOs,
  WebDownload: webDownload,
};

export const windowsModules: readonly string[] = [
  "ExecutePowerShell",
  "InstallMSI",
  "SetRegistry",
  "UninstallMSI",
];
