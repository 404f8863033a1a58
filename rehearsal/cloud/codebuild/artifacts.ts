import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, isAbsolute, join, resolve } from "node:path";
import type { BuildArtifacts, ProjectArtifacts } from "@aws-sdk/client-codebuild";
import { PutObjectCommand, type PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import type { Cloud, RoleCredentials } from "../cloud";
import type { ArtifactSpec } from "./buildspec";
import { filesBelow, globExpression, isDirectory } from "./glob";
import { PhaseFailure } from "./phase-failure";
import type { BuildRecord, PipelinePlaces } from "./records";
import { packZip, type ZipSource } from "./zip";

export interface ArtifactUpload {
  readonly build: BuildRecord;
  readonly credentials: RoleCredentials;
  readonly settings: ProjectArtifacts;
  readonly spec: ArtifactSpec;
  readonly sourceDirectory: string;
  readonly expand: (text: string) => Promise<string>;
}

/**
 * Collects an artifact's files and stores them with the project's role.
 * @throws PhaseFailure when nothing matches, or S3 refuses
 */
export async function uploadArtifact(cloud: Cloud, upload: ArtifactUpload): Promise<BuildArtifacts> {
  const { settings, build } = upload;
  const files = await artifactFiles(upload);
  const pipeline = settings.type === "CODEPIPELINE" ? build.settings.pipeline?.output : undefined;
  const target = pipeline ?? (await ownTarget(upload));
  const s3 = new S3Client({ ...cloud.clientOptions(upload.credentials), forcePathStyle: true });
  const put = async (key: string, body: Buffer, type?: string): Promise<void> => {
    await s3.send(
      new PutObjectCommand({
        Bucket: target.bucket,
        Key: key,
        Body: body,
        ContentType: type,
        ...encryption(settings, pipeline, build.settings.encryptionKey),
      }),
    );
  };
  const summary = {
    artifactIdentifier: settings.artifactIdentifier,
    location: `arn:${cloud.partition}:s3:::${target.bucket}/${target.key}`,
    encryptionDisabled: settings.encryptionDisabled ?? false,
    overrideArtifactName: settings.overrideArtifactName,
  };
  try {
    if (!pipeline && settings.packaging !== "ZIP") {
      for (const { name, path } of files) await put(join(target.key, name), await readFile(path));
      return summary;
    }
    const zip = await packZip(files, 6);
    await put(target.key, zip, "application/zip");
    return { ...summary, md5sum: digest("md5", zip), sha256sum: digest("sha256", zip) };
  } catch (error) {
    const { name, message } = error as Error;
    throw new PhaseFailure("CLIENT_ERROR", `Failed to upload artifacts: ${name}: ${message}`);
  } finally {
    s3.destroy();
  }
}

async function artifactFiles({ spec, sourceDirectory, expand }: ArtifactUpload): Promise<ZipSource[]> {
  const wanted = await Promise.all((spec.files ?? []).map(expand));
  const excluded = (await Promise.all((spec["exclude-paths"] ?? []).map(expand))).map(globExpression);
  const found = new Map<string, string>();
  for (const base of await baseDirectories(spec, sourceDirectory, expand)) {
    const names = (await filesBelow(base)).filter((name) => !excluded.some((pattern) => pattern.test(name)));
    const inside = wanted.map((pattern) =>
      globExpression(isAbsolute(pattern) ? relativeTo(base, pattern) : pattern),
    );
    for (const name of names)
      if (inside.some((pattern) => pattern.test(name)))
        found.set(spec["discard-paths"] ? basename(name) : name, join(base, name));
  }
  if (found.size === 0) throw new PhaseFailure("CLIENT_ERROR", "no matching artifact paths found");
  return [...found].map(([name, path]) => ({ name, path }));
}

/** The base directory may hold wildcards: then all that match are. */
async function baseDirectories(
  spec: ArtifactSpec,
  sourceDirectory: string,
  expand: (text: string) => Promise<string>,
): Promise<string[]> {
  const wanted = await expand(spec["base-directory"] ?? ".");
  const failure = new PhaseFailure("CLIENT_ERROR", `no matching base directory path found for ${wanted}`);
  if (!/[*?]/.test(wanted)) {
    const directory = resolve(sourceDirectory, wanted);
    if (!(await isDirectory(directory))) throw failure;
    return [directory];
  }
  const pattern = globExpression(wanted);
  const entries = await readdir(sourceDirectory, { withFileTypes: true });
  const found = entries.filter((entry) => entry.isDirectory() && pattern.test(entry.name));
  if (found.length === 0) throw failure;
  return found.map(({ name }) => join(sourceDirectory, name));
}

const relativeTo = (base: string, path: string): string =>
  path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path;

/** `bucket/path/namespace/name`. https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html */
async function ownTarget({
  settings,
  spec,
  build,
  expand,
}: ArtifactUpload): Promise<{ bucket: string; key: string }> {
  const given = settings.overrideArtifactName && spec.name ? await expand(spec.name) : settings.name;
  const name = given ?? build.project.project.name!;
  const byBuild = settings.namespaceType === "BUILD_ID";
  const parts = [
    byBuild ? spec["s3-prefix"] : undefined,
    settings.path,
    byBuild ? build.uuid : undefined,
    name === "/" ? "" : name,
  ];
  const key = parts
    .flatMap((part) => part?.split("/") ?? [])
    .filter(Boolean)
    .join("/");
  return { bucket: settings.location!, key };
}

function encryption(
  settings: ProjectArtifacts,
  pipeline: PipelinePlaces["output"],
  projectKey: string,
): Partial<PutObjectCommandInput> {
  if (settings.encryptionDisabled) return {};
  const key = pipeline?.kmsKeyId ?? projectKey;
  return { ServerSideEncryption: "aws:kms", ...(key.endsWith(":alias/aws/s3") ? {} : { SSEKMSKeyId: key }) };
}

const digest = (algorithm: "md5" | "sha256", data: Buffer): string =>
  createHash(algorithm).update(data).digest("hex");
