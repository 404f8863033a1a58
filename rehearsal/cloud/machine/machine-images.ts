import { constants, existsSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeBaseImage } from "./base-image";
import { relocate } from "./relocate";

export interface ImageManifest {
  readonly imageId: string;
  readonly name: string;
  readonly architecture: "arm64" | "x86_64";
  readonly created: string;
  /** AMI that the image was made from; a base image has none. */
  readonly parentImageId?: string;
}

/** The machine images of the local cloud: `<directory>/<ami id>/` holds `root/`, a file system, and manifest.json. */
export class MachineImages {
  constructor(private readonly directory: string) {}

  /** The file system of an image, or undefined when the AMI is none that was built here. */
  rootOf(imageId: string): string | undefined {
    const root = join(this.directory, imageId, "root");
    return existsSync(root) ? root : undefined;
  }

  async manifestOf(imageId: string): Promise<ImageManifest | undefined> {
    const file = join(this.directory, imageId, "manifest.json");
    return existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as ImageManifest) : undefined;
  }

  /** A machine's own copy of an image. An AMI that was not built here is a plain Amazon Linux 2023. */
  async clone(imageId: string, root: string): Promise<void> {
    const source = this.rootOf(imageId);
    if (source) return this.cloneFrom(source, root);
    await mkdir(root, { recursive: true });
    await writeBaseImage(root);
    await relocate(root);
  }

  /** A copy of another machine's root. */
  async cloneFrom(source: string, root: string): Promise<void> {
    await mkdir(dirname(root), { recursive: true });
    await cp(source, root, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    });
    await relocate(root);
  }

  /** Takes a copy of a machine's root as an image. */
  async store(source: string, manifest: ImageManifest): Promise<void> {
    const target = join(this.directory, manifest.imageId);
    await this.cloneFrom(source, join(target, "root"));
    await writeFile(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  }

  async remove(imageId: string): Promise<void> {
    await removeTree(join(this.directory, imageId));
  }
}

/** Removes a tree even when the machine has taken away the right to write into some of its folders. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(async () => {
    await makeWritable(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  });
}

async function makeWritable(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
}
