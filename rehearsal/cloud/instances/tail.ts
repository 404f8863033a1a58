import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";

/** The whole lines that a file has gained since it was last looked at. */
export class Tail {
  private position = 0;

  constructor(readonly file: string) {}

  newLines(): string[] {
    const size = existsSync(this.file) ? statSync(this.file).size : 0;
    // a file that shrank was rotated
    if (size < this.position) this.position = 0;
    if (size === this.position) return [];
    const bytes = Buffer.alloc(size - this.position);
    const descriptor = openSync(this.file, "r");
    try {
      readSync(descriptor, bytes, 0, bytes.length, this.position);
    } finally {
      closeSync(descriptor);
    }
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.position += end;
    return bytes
      .subarray(0, end)
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "");
  }
}
