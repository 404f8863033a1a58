/** Folders of a machine whose contents belong to the image; everything else (/bin, /usr/bin, /dev, /proc) is the host's. */
const imageFolders = ["/etc", "/home", "/opt", "/root", "/run", "/srv", "/tmp", "/usr/local", "/var"];

/**
 * How absolute paths of a machine become paths below the directory that stands for its root.
 *
 * A process can't be shown another root without root rights or namespaces, and neither exists on every laptop. So text
 * that reaches the machine (commands, file contents, unit files) has its paths rewritten before it is used, and text that
 * leaves it (output, logs) has them rewritten back. What a program puts together at run time (`cd / && ls opt`), or reads
 * from a binary or a download, is not seen. A path counts when it starts a word: `--file=/etc/x`, `"/opt/app"` and
 * `/usr/bin:/opt/bin` do, `https://host/etc/x` and `$HOME/opt` do not.
 */
export class MachinePaths {
  private readonly pattern: RegExp;

  constructor(readonly root: string) {
    const own = escape(root);
    const folders = imageFolders.map(escape).join("|");
    this.pattern = new RegExp(`(?<![\\w./~$})\\]*?])(?!${own}(?:/|\\b))(?:${folders})(?![\\w-]|\\.\\w)`, "g");
  }

  /** Where a path of the machine lies on the host; relative paths start at the root. */
  inRoot(path: string): string {
    const known = path === this.root || path.startsWith(`${this.root}/`);
    return known ? path : `${this.root}${path.startsWith("/") ? "" : "/"}${path}`;
  }

  /** Idempotent: paths that lie below the root already are left alone. */
  intoMachine(text: string): string {
    return text.replace(this.pattern, (folder) => this.root + folder);
  }

  outOfMachine(text: string): string {
    return text.replaceAll(`${this.root}/`, "/").replaceAll(this.root, "/");
  }
}

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
