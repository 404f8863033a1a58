import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git, GitError, type GitOptions } from "./git";

export interface TreeEntry {
  /** as git writes it: 100644, 100755, 120000 or 160000 */
  readonly mode: string;
  readonly id: string;
}

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** seconds since the epoch and the offset, `1484167798 -0800` */
  readonly date: string;
}

export interface CommitObject {
  readonly commitId: string;
  readonly treeId: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

/** Full name of a reference and the commit that it points at. */
export type References = ReadonlyMap<string, string>;

const missing = "0".repeat(40);

/** A bare git repository on disk, used by plumbing commands only. */
export class BareRepository {
  constructor(
    readonly directory: string,
    private readonly signal: AbortSignal,
  ) {}

  async initialize(): Promise<void> {
    await git(this.directory, ["init", "--quiet", "--bare", "--initial-branch=main"], {
      signal: this.signal,
    });
    await mkdir(join(this.directory, "info"), { recursive: true });
    // an archive is the commit as it is stored: nothing left out, nothing substituted, no line ending changed
    await writeFile(join(this.directory, "info", "attributes"), "* -export-ignore -export-subst -text\n");
  }

  delete(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  async references(): Promise<References> {
    const lines = await this.text("for-each-ref", "--format=%(refname) %(objectname)");
    return new Map(
      lines
        .split("\n")
        .filter(Boolean)
        .map((line) => line.split(" ") as [string, string]),
    );
  }

  async branches(): Promise<Map<string, string>> {
    const references = await this.references();
    return new Map(
      [...references].flatMap(([name, id]) =>
        name.startsWith("refs/heads/") ? [[name.slice("refs/heads/".length), id] as const] : [],
      ),
    );
  }

  /** Moves a reference only if it is where `oldId` says; undefined stands for 'not there'. @throws GitError */
  async moveReference(name: string, newId: string | undefined, oldId: string | undefined): Promise<void> {
    await this.run(["update-ref", name, newId ?? missing, oldId ?? missing]);
  }

  /** The branch that a clone checks out. */
  async pointHead(branchName: string): Promise<void> {
    await this.run(["symbolic-ref", "HEAD", `refs/heads/${branchName}`]);
  }

  /** The commit that a branch, a tag, a full reference or an id names. */
  async resolve(specifier: string): Promise<string | undefined> {
    const candidates = /^[0-9a-f]{40}$/.test(specifier)
      ? [specifier]
      : [specifier.startsWith("refs/") ? specifier : `refs/heads/${specifier}`, `refs/tags/${specifier}`];
    for (const candidate of candidates) {
      const found = await this.attempt([
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        `${candidate}^{commit}`,
      ]);
      if (found) return found.toString().trim();
    }
    return undefined;
  }

  async commit(commitId: string): Promise<CommitObject | undefined> {
    const raw = await this.attempt(["cat-file", "commit", commitId]);
    return raw && parseCommit(commitId, raw.toString());
  }

  /** Every file of a commit or tree, by path. */
  async files(treeish: string): Promise<Map<string, TreeEntry>> {
    const listing = await this.text("ls-tree", "-r", "-z", "--full-tree", treeish);
    return new Map(listing.split("\0").filter(Boolean).map(parseTreeLine));
  }

  /** What a folder itself holds; trees have mode 040000. */
  async folder(treeId: string): Promise<Map<string, TreeEntry>> {
    const listing = await this.text("ls-tree", "-z", treeId);
    return new Map(listing.split("\0").filter(Boolean).map(parseTreeLine));
  }

  /** Id of the object at a path of a commit; the root for an empty path. */
  async objectAt(commitId: string, path: string, type: "blob" | "tree"): Promise<string | undefined> {
    const found = await this.attempt([
      "rev-parse",
      "--verify",
      "--quiet",
      "--end-of-options",
      `${commitId}:${path}`,
    ]);
    const id = found?.toString().trim();
    return id && (await this.type(id)) === type ? id : undefined;
  }

  async type(id: string): Promise<string | undefined> {
    return (await this.attempt(["cat-file", "-t", id]))?.toString().trim();
  }

  async size(id: string): Promise<number> {
    return Number(await this.text("cat-file", "-s", id));
  }

  blob(id: string): Promise<Buffer> {
    return this.run(["cat-file", "blob", id]);
  }

  async writeBlob(content: Uint8Array): Promise<string> {
    return (await this.run(["hash-object", "-w", "--stdin"], { input: content })).toString().trim();
  }

  /** Writes the tree of these files, through an index of its own. */
  async writeTree(files: ReadonlyMap<string, TreeEntry>): Promise<string> {
    const index = join(this.directory, `index-${randomUUID()}`);
    const environment = { GIT_INDEX_FILE: index };
    const input = [...files].map(([path, { mode, id }]) => `${mode} ${id}\t${path}\0`).join("");
    try {
      await this.run(["update-index", "-z", "--index-info"], { input, environment });
      return (await this.run(["write-tree"], { environment })).toString().trim();
    } finally {
      await rm(index, { force: true });
    }
  }

  async writeCommit(
    treeId: string,
    parents: readonly string[],
    by: Signature,
    message: string,
  ): Promise<string> {
    const signature = `${by.name} <${by.email}> ${by.date}`;
    const header = [
      `tree ${treeId}`,
      ...parents.map((parent) => `parent ${parent}`),
      `author ${signature}`,
      `committer ${signature}`,
    ];
    const input = `${header.join("\n")}\n\n${message}`;
    return (await this.run(["hash-object", "-t", "commit", "-w", "--stdin"], { input })).toString().trim();
  }

  archive(commitId: string): Promise<Buffer> {
    return this.run(["archive", "--format=zip", commitId]);
  }

  private async text(...command: string[]): Promise<string> {
    return (await this.run(command)).toString();
  }

  private async attempt(command: string[]): Promise<Buffer | undefined> {
    try {
      return await this.run(command);
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  }

  private run(command: readonly string[], options: GitOptions = {}): Promise<Buffer> {
    return git(this.directory, command, { signal: this.signal, ...options });
  }
}

function parseTreeLine(line: string): [string, TreeEntry] {
  const [meta, path] = [line.slice(0, line.indexOf("\t")), line.slice(line.indexOf("\t") + 1)];
  const [mode, , id] = meta.split(" ");
  return [path, { mode: mode!, id: id! }];
}

function parseCommit(commitId: string, raw: string): CommitObject {
  const end = raw.indexOf("\n\n");
  const lines = raw.slice(0, end).split("\n");
  const values = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  return {
    commitId,
    treeId: values("tree")[0]!,
    parents: values("parent"),
    author: parseSignature(values("author")[0]!),
    committer: parseSignature(values("committer")[0]!),
    message: raw.slice(end + 2),
  };
}

function parseSignature(text: string): Signature {
  const [, name, email, date] = /^(.*?) ?<(.*)> (.*)$/.exec(text) ?? [];
  return { name: name ?? "", email: email ?? "", date: date ?? "" };
}
