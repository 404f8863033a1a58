import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Cloud, RoleCredentials } from "../cloud";
import { filesBelow, globExpression, isDirectory } from "./glob";
import type { BuildRecord } from "./records";
import { packZip, placeBelow, unpackZip, type ZipSource } from "./zip";

export interface CacheFolders {
  readonly source: string;
  readonly home: string;
}

/** Where the home directory stands in a build image, and so in the paths of a cache. */
const imageHome = "/root/";

/**
 * A project's cache in S3: one zip, fetched before the first phase and stored again only when its files changed.
 * Only the build's source and its HOME are cached: other absolute paths are this machine's, not a build image's.
 */
export class BuildCache {
  private before: string | undefined;

  constructor(
    private readonly cloud: Cloud,
    private readonly build: BuildRecord,
    private readonly folders: CacheFolders,
    private readonly note: (text: string) => void,
  ) {}

  get enabled(): boolean {
    return this.build.settings.cache.type === "S3";
  }

  /** A cache that can't be read is a slow build, not a failed one. */
  async restore(credentials: RoleCredentials): Promise<void> {
    const s3 = this.client(credentials);
    try {
      const object = await s3.send(new GetObjectCommand(this.place));
      this.before = object.Metadata?.fingerprint;
      await unpackZip(await object.Body!.transformToByteArray(), (name) => this.placeOf(name));
      this.note("Cache restored from S3");
    } catch (error) {
      this.note(`Unable to download cache: ${(error as Error).name}: ${(error as Error).message}`);
    } finally {
      s3.destroy();
    }
  }

  async store(credentials: RoleCredentials, paths: readonly string[]): Promise<void> {
    const files = await this.files(paths);
    const fingerprint = await fingerprintOf(files);
    if (files.length === 0) return this.note("Nothing to cache: no file matches the cache's paths");
    if (fingerprint === this.before) return this.note("Cache is unchanged and not uploaded");
    const s3 = this.client(credentials);
    try {
      // jars are compressed already
      const body = await packZip(files, 0);
      await s3.send(new PutObjectCommand({ ...this.place, Body: body, Metadata: { fingerprint } }));
      this.note(`Cache of ${files.length} files uploaded`);
    } catch (error) {
      this.note(`Unable to upload cache: ${(error as Error).name}: ${(error as Error).message}`);
    } finally {
      s3.destroy();
    }
  }

  private client(credentials: RoleCredentials): S3Client {
    return new S3Client({ ...this.cloud.clientOptions(credentials), forcePathStyle: true });
  }

  private get place(): { Bucket: string; Key: string } {
    const [bucket, ...prefix] = this.build.settings.cache
      .location!.replace(/^arn:[\w-]+:s3:::/, "")
      .split("/");
    const namespace = this.build.settings.cache.cacheNamespace ?? this.build.project.cacheId;
    return { Bucket: bucket!, Key: [...prefix, namespace, "cache.zip"].filter(Boolean).join("/") };
  }

  private async files(paths: readonly string[]): Promise<ZipSource[]> {
    const found = new Map<string, string>();
    for (const path of paths) {
      const [folder, prefix, pattern] = this.split(path) ?? [];
      if (!folder) this.note(`${path} is not cached: it lies outside of the build's source and home`);
      if (!folder || !(await isDirectory(folder))) continue;
      const expression = globExpression(pattern!);
      // only what lies below the pattern's fixed part is looked at
      const fixed = pattern!.slice(0, pattern!.search(/[^/]*[*?]|[^/]*$/));
      const start = join(folder, fixed);
      if (!(await isDirectory(start))) continue;
      for (const name of await filesBelow(start))
        if (expression.test(fixed + name)) found.set(`${prefix}/${fixed}${name}`, join(start, name));
    }
    return [...found].map(([name, path]) => ({ name, path }));
  }

  private split(path: string): [folder: string, prefix: string, pattern: string] | undefined {
    const home = [imageHome, "~/", "$HOME/", "${HOME}/"].find((start) => path.startsWith(start));
    if (home) return [this.folders.home, "home", path.slice(home.length)];
    if (path.startsWith("/") || path.split("/").includes("..")) return undefined;
    return [this.folders.source, "source", path];
  }

  private placeOf(name: string): string | undefined {
    const [prefix, ...rest] = name.split("/");
    if (prefix === "home") return placeBelow(this.folders.home, rest.join("/"));
    if (prefix === "source") return placeBelow(this.folders.source, rest.join("/"));
    return undefined;
  }
}

async function fingerprintOf(files: readonly ZipSource[]): Promise<string> {
  const hash = createHash("sha256");
  for (const { name, path } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1)))
    hash.update(`${name}\0${(await stat(path)).size}\n`);
  return hash.digest("hex");
}
