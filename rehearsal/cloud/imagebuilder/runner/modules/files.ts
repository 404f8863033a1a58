import { existsSync } from "node:fs";
import {
  appendFile as append,
  chmod,
  copyFile as copy,
  lstat,
  mkdir,
  readdir,
  readFile as read,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ActionModule, forEachInput, StepFailure, text } from "../action-module";
import type { InputMap } from "../document";
import { give, mode } from "./owners";
import { existing, isFalse, isTrue, machinePath, matches, wildcard } from "./paths";
import { transfer } from "./transfer";

const encodings: Readonly<Record<string, BufferEncoding>> = {
  utf8: "utf8",
  "utf-8": "utf8",
  utf16: "utf16le",
  "utf-16": "utf16le",
  "utf16-le": "utf16le",
  "utf-16-le": "utf16le",
};

export const createFile: ActionModule = forEachInput(
  {
    path: { type: "string", required: true },
    content: { type: "string" },
    encoding: { type: "string" },
    owner: { type: "string" },
    group: { type: "string" },
    permissions: { type: "string" },
    overwrite: { type: "boolean" },
  },
  async (input, context) => {
    const path = machinePath(input, "path", context);
    const permissions = input.permissions === undefined ? 0o644 : mode(input, "CreateFile");
    if (existsSync(path) && isFalse(input.overwrite))
      throw new StepFailure(`CreateFile: file ${text(input, "path")} already exists and overwrite is false`);
    await mkdir(dirname(path), { recursive: true });
    const content = context.machine.paths.intoMachine(text(input, "content"));
    await writeFile(path, Buffer.from(content, encodingOf(input)));
    await chmod(path, permissions);
    give(input, path, context, "CreateFile");
  },
);

export const appendFile: ActionModule = forEachInput(
  { path: { type: "string", required: true }, content: { type: "string" }, encoding: { type: "string" } },
  async (input, context) => {
    const path = existing(input, "path", "AppendFile", context);
    await append(
      path,
      Buffer.from(context.machine.paths.intoMachine(text(input, "content")), encodingOf(input)),
    );
  },
);

export const readFile: ActionModule = forEachInput(
  {
    path: { type: "string", required: true },
    encoding: { type: "string" },
    printFileContent: { type: "boolean" },
  },
  async (input, context) => {
    const path = existing(input, "path", "ReadFile", context);
    const content = context.machine.paths.outOfMachine((await read(path)).toString(encodingOf(input)));
    if (isTrue(input.printFileContent)) context.log(content);
    return { content };
  },
);

/** What the file holds is UTF-8, or has a byte order mark that says otherwise. */
export const setFileEncoding: ActionModule = forEachInput(
  { path: { type: "string", required: true }, encoding: { type: "string" } },
  async (input, context) => {
    const path = existing(input, "path", "SetFileEncoding", context);
    const bytes = await read(path);
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
    await writeFile(path, Buffer.from(bytes.toString(isUtf16 ? "utf16le" : "utf8"), encodingOf(input)));
  },
);

export const deleteFile: ActionModule = forEachInput(
  { path: { type: "string", required: true } },
  async (input, context) => {
    const found = await matches(machinePath(input, "path", context));
    if (found.length === 0) throw new StepFailure(`DeleteFile: file ${text(input, "path")} does not exist`);
    for (const file of found) {
      if ((await lstat(file)).isDirectory())
        throw new StepFailure(`DeleteFile: ${context.machine.paths.outOfMachine(file)} is a folder`);
      await unlink(file);
    }
  },
);

export const copyFile = transfer("CopyFile", "file", async (from, to) => copy(from, to));
export const moveFile = transfer("MoveFile", "file", async (from, to) => rename(from, to));

export const listFiles: ActionModule = forEachInput(
  {
    path: { type: "string", required: true },
    fileNamePattern: { type: "string" },
    recursive: { type: "boolean" },
  },
  async (input, context) => {
    const folder = existing(input, "path", "ListFiles", context);
    const wanted = wildcard(input.fileNamePattern === undefined ? "*" : text(input, "fileNamePattern"));
    const found = await filesBelow(folder, isTrue(input.recursive));
    const names = found.filter((file) => wanted.test(basename(file)));
    return { files: names.map((file) => context.machine.paths.outOfMachine(file)).join("\n") };
  },
);

export const createSymlink: ActionModule = forEachInput(
  {
    path: { type: "string", required: true },
    target: { type: "string", required: true },
    force: { type: "boolean" },
  },
  async (input, context) => {
    const link = machinePath(input, "path", context);
    const target = existing(input, "target", "CreateSymlink", context);
    const present = await lstat(link).catch(() => undefined);
    if (present && !(present.isSymbolicLink() && isTrue(input.force)))
      throw new StepFailure(`CreateSymlink: ${text(input, "path")} already exists`);
    await mkdir(dirname(link), { recursive: true });
    await rm(link, { force: true });
    await symlink(target, link);
  },
);

async function filesBelow(folder: string, recursive: boolean): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (!entry.isDirectory()) found.push(join(folder, entry.name));
    else if (recursive) found.push(...(await filesBelow(join(folder, entry.name), true)));
  return found.sort();
}

function encodingOf(input: InputMap): BufferEncoding {
  const name = input.encoding === undefined ? "utf8" : text(input, "encoding").toLowerCase();
  const encoding = encodings[name];
  if (!encoding)
    throw new StepFailure(
      `the encoding ${name} is not played here; known are ${Object.keys(encodings).join(", ")}`,
    );
  return encoding;
}
