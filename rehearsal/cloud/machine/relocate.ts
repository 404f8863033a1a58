import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, readlink, symlink, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { machineFiles } from "./machine-files";

/** Larger files are taken for data, not for configuration. */
const largestText = 1024 * 1024;

/** Makes the files of a root that was copied or moved point to where it is now. Does nothing when they do already. */
export async function relocate(root: string): Promise<void> {
  const marker = machineFiles.location(root);
  const former = existsSync(marker) ? await readFile(marker, "utf8") : root;
  if (former !== root) await rewriteBelow(root, former, root);
  await mkdir(dirname(marker), { recursive: true });
  await writeFile(marker, root);
}

async function rewriteBelow(folder: string, from: string, to: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await rewriteBelow(path, from, to);
    else if (entry.isSymbolicLink()) await rewriteLink(path, from, to);
    else if (entry.isFile()) await rewriteFile(path, from, to);
  }
}

async function rewriteLink(path: string, from: string, to: string): Promise<void> {
  const target = await readlink(path);
  if (target !== from && !target.startsWith(`${from}/`)) return;
  await unlink(path);
  await symlink(to + target.slice(from.length), path);
}

async function rewriteFile(path: string, from: string, to: string): Promise<void> {
  const { size, mode } = await lstat(path);
  if (size > largestText) return;
  const content = await readFile(path);
  if (content.includes(0) || !content.includes(from)) return;
  // a file that its owner may not write is replaced: the folder is ours
  if ((mode & 0o200) === 0) await unlink(path);
  await writeFile(path, content.toString("utf8").replaceAll(from, to), { mode: mode & 0o7777 });
}
