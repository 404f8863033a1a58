import { createHash } from "node:crypto";
import { lstat, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { run } from "./program";
import { UserError } from "./user-error";

/** A file as git stores it. */
export interface AppFile {
  /** with `/`, relative to the folder */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: FileMode;
  readonly blobId: string;
}

export type FileMode = "NORMAL" | "EXECUTABLE";

/** The folder's files that belong into a repository, in the order of their paths. */
export async function readAppFiles(directory: string): Promise<AppFile[]> {
  const paths = (await listedByGit(directory)) ?? (await walk(directory));
  const files = await Promise.all(paths.sort().map((one) => readAppFile(directory, one)));
  return files.filter((file) => file !== undefined);
}

/** Git's name for a content: the SHA-1 of its length and itself. */
export function blobIdOf(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** What git tracks or would track; undefined outside of a checkout, as in an unpacked archive of the project. */
async function listedByGit(directory: string): Promise<string[] | undefined> {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const { code, output } = await run("git", args, { directory });
  if (code !== 0) return undefined;
  const listed = output.split("\0").filter((one) => one !== "");
  // A folder that an outer checkout ignores lists nothing, and is still what the user asked for.
  return listed.length === 0 ? undefined : listed;
}

/** Everything but what builds make and what the folder's own .gitignore names. */
async function walk(directory: string): Promise<string[]> {
  const ignored = await readIgnored(directory);
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(path.join(directory, folder), { withFileTypes: true })) {
      const relative = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (ignored.some((pattern) => pattern.test(entry.isDirectory() ? `${relative}/` : relative))) continue;
      if (entry.isDirectory()) await visit(relative);
      else found.push(relative);
    }
  };
  try {
    await visit("");
  } catch (error) {
    throw new UserError(`the folder "${directory}" can't be read: ${(error as Error).message}`);
  }
  return found;
}

/** The simple half of .gitignore: names, paths, `*` and trailing `/`; negation and `**` need git. */
async function readIgnored(directory: string): Promise<RegExp[]> {
  const text = await readFile(path.join(directory, ".gitignore"), "utf8").catch(() => "");
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const patterns = [".git/", "target/", ...lines.filter((line) => line !== "" && !/^[#!]/.test(line))];
  return patterns.map((pattern) => {
    const anchored = pattern.replace(/\/$/, "").includes("/");
    const body = pattern
      .replace(/^\//, "")
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, "[^/]*");
    return new RegExp(`${anchored ? "^" : "(?:^|/)"}${body}${pattern.endsWith("/") ? "" : "/?$"}`);
  });
}

/** Undefined for a file that git still lists and that is deleted here. */
async function readAppFile(directory: string, relative: string): Promise<AppFile | undefined> {
  const file = path.join(directory, relative);
  const status = await lstat(file).catch(() => undefined);
  if (status === undefined) return undefined;
  if (!status.isFile())
    throw new UserError(`"${relative}" is not a plain file; allowed: files, no symbolic links`);
  const content = await readFile(file);
  const mode = (status.mode & 0o100) === 0 ? "NORMAL" : "EXECUTABLE";
  return { path: relative, content, mode, blobId: blobIdOf(content) };
}
