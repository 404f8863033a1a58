import { chmod, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { type AsyncZippable, unzip, zip } from "fflate";

export interface ZipSource {
  /** inside the zip */
  readonly name: string;
  /** on disk */
  readonly path: string;
}

const unix = 3;
const symbolicLink = 0o120000;

/** Packs files with their modes. Level 0 stores, for what is compressed already. */
export async function packZip(sources: readonly ZipSource[], level: 0 | 6): Promise<Buffer> {
  const entries: AsyncZippable = {};
  for (const { name, path } of sources) {
    const { mode, mtime } = await stat(path);
    entries[name] = [
      await readFile(path),
      { level, os: unix, attrs: (mode & 0xffff) << 16, mtime: earliest(mtime) },
    ];
  }
  return new Promise((resolve_, reject) =>
    zip(entries, (error, data) => (error ? reject(error) : resolve_(Buffer.from(data)))),
  );
}

/**
 * Unpacks a zip below a folder, with modes and links as the zip records them.
 * @throws Error when an entry would land outside
 */
export async function unpackZip(
  data: Uint8Array,
  placeOf: (name: string) => string | undefined,
): Promise<void> {
  const modes = modesOf(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  const files = await new Promise<Record<string, Uint8Array>>((resolve_, reject) =>
    unzip(data, (error, unzipped) => (error ? reject(error) : resolve_(unzipped))),
  );
  for (const [name, content] of Object.entries(files)) {
    const place = placeOf(name);
    if (place === undefined) continue;
    if (name.endsWith("/")) {
      await mkdir(place, { recursive: true });
      continue;
    }
    await mkdir(dirname(place), { recursive: true });
    const mode = modes.get(name) ?? 0;
    if ((mode & 0o170000) === symbolicLink) {
      await symlink(Buffer.from(content).toString(), place);
      continue;
    }
    await writeFile(place, content);
    if (mode & 0o111) await chmod(place, mode & 0o777);
  }
}

/** @throws Error when the name leads out of the folder */
export function placeBelow(folder: string, name: string): string {
  const place = resolve(join(folder, name));
  if (place !== resolve(folder) && !place.startsWith(resolve(folder) + sep))
    throw new Error(`the archive holds ${name}, which lies outside of it`);
  return place;
}

/** The Unix modes of a zip's entries, which stand in its central directory. */
function modesOf(data: Buffer): Map<string, number> {
  const modes = new Map<string, number>();
  const end = data.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0) return modes;
  let offset = data.readUInt32LE(end + 16);
  for (let left = data.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) => data.readUInt16LE(offset + at));
    const name = data.subarray(offset + 46, offset + 46 + nameLength!).toString();
    if (data[offset + 5] === unix) modes.set(name, data.readUInt32LE(offset + 38) >>> 16);
    offset += 46 + nameLength! + extraLength! + commentLength!;
  }
  return modes;
}

/** A zip can't say anything before 1980. */
const earliest = (date: Date): Date =>
  date.getUTCFullYear() < 1981 ? new Date("1981-01-01T00:00:00Z") : date;
