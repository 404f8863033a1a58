import { mkdir } from "node:fs/promises";
import type { ProjectSource } from "@aws-sdk/client-codebuild";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Cloud, RoleCredentials } from "../cloud";
import type { Authorizer } from "../gateway/authorizer";
import { PhaseFailure } from "./phase-failure";
import type { PipelinePlaces } from "./records";
import { placeBelow, unpackZip } from "./zip";

/** What a build with a source in CodeCommit needs of it. */
export interface SourceCheckOut {
  /** @returns the id of the commit that was checked out */
  checkOut(repositoryName: string, version: string | undefined, directory: string): Promise<string>;
}

export interface SourceRequest {
  readonly source: ProjectSource;
  readonly version: string | undefined;
  readonly directory: string;
  readonly pipeline: PipelinePlaces | undefined;
}

/** Brings sources onto the build host with the project's role. */
export class Sources {
  constructor(
    private readonly cloud: Cloud,
    private readonly authorizer: Authorizer,
    private readonly repositories: SourceCheckOut,
  ) {}

  /** @returns the version that was really used. @throws PhaseFailure */
  async download(credentials: RoleCredentials, request: SourceRequest): Promise<string | undefined> {
    await mkdir(request.directory, { recursive: true });
    try {
      return await this.downloadAs(credentials, request);
    } catch (error) {
      if (error instanceof PhaseFailure) throw error;
      const { name, message } = error as Error;
      throw new PhaseFailure(
        "CLIENT_ERROR",
        `error while downloading key ${request.pipeline?.source.key ?? request.source.location}, error: ${name}: ${message} for primary source and source version ${request.version ?? ""}`.trim(),
      );
    }
  }

  private async downloadAs(
    credentials: RoleCredentials,
    { source, version, directory, pipeline }: SourceRequest,
  ): Promise<string | undefined> {
    switch (source.type) {
      case "NO_SOURCE":
        return undefined;
      case "CODEPIPELINE": {
        const { bucket, key, versionId, version: revision } = pipeline!.source;
        await this.unpackObject(credentials, directory, bucket, key, versionId);
        return revision;
      }
      case "S3": {
        const [bucket, ...path] = source.location!.replace(/^arn:[\w-]+:s3:::/, "").split("/");
        return this.unpackObject(credentials, directory, bucket!, path.join("/"), version);
      }
      case "CODECOMMIT": {
        const name = source.location!.split("/").at(-1)!;
        const { partition, region, accountId } = this.cloud;
        const resource = `arn:${partition}:codecommit:${region}:${accountId}:${name}`;
        await this.authorizer.authorizeRole(credentials, "codecommit:GitPull", resource);
        return this.repositories.checkOut(name, version, directory);
      }
      default:
        throw new PhaseFailure(
          "CLIENT_ERROR",
          `sources of type ${source.type} are not served by the local cloud`,
        );
    }
  }

  private async unpackObject(
    credentials: RoleCredentials,
    directory: string,
    bucket: string,
    key: string,
    versionId: string | undefined,
  ): Promise<string | undefined> {
    const s3 = new S3Client({ ...this.cloud.clientOptions(credentials), forcePathStyle: true });
    try {
      const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
      await unpackZip(await object.Body!.transformToByteArray(), (name) => placeBelow(directory, name));
      return object.VersionId;
    } finally {
      s3.destroy();
    }
  }
}
