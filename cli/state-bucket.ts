import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  type S3Client,
} from "@aws-sdk/client-s3";
import { readState, type StateFile } from "./state-decision";
import { UserError } from "./user-error";

/** The bucket that holds the Terraform states, seen through S3 and not through Terraform. */
export class StateBucket {
  constructor(
    private readonly s3: S3Client,
    private readonly name: string,
    private readonly accountId: string,
  ) {}

  async exists(): Promise<boolean> {
    try {
      await this.s3.send(new HeadBucketCommand({ Bucket: this.name, ExpectedBucketOwner: this.accountId }));
      return true;
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return false;
      if (status === 403) {
        throw new UserError(
          `stateBucket "${this.name}": S3 forbids access; it belongs to another account, and bucket names are taken world-wide, or these credentials lack s3:ListBucket`,
        );
      }
      throw error;
    }
  }

  /** Whether there is anything in it, or ever was. */
  async isEmpty(): Promise<boolean> {
    const { Versions = [], DeleteMarkers = [] } = await this.s3.send(
      new ListObjectVersionsCommand({ Bucket: this.name, MaxKeys: 1 }),
    );
    return Versions.length + DeleteMarkers.length === 0;
  }

  async state(key: string): Promise<StateFile | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
      return readState((await Body?.transformToString()) ?? "");
    } catch (error) {
      if (error instanceof Error && ["NoSuchKey", "NoSuchBucket"].includes(error.name)) return undefined;
      throw error;
    }
  }

  /** Keys of other states that still hold resources. */
  async otherStates(ownKey: string): Promise<string[]> {
    const used: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.s3.send(
        new ListObjectsV2Command({ Bucket: this.name, ContinuationToken: token }),
      );
      for (const { Key: key } of page.Contents ?? []) {
        if (key === undefined || key === ownKey || key.endsWith(".tflock")) continue;
        if (await this.isUsed(key)) used.push(key);
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return used;
  }

  /** Deletes every version of every object: a versioned bucket can't be deleted before. */
  async empty(): Promise<void> {
    for (;;) {
      const page = await this.s3.send(new ListObjectVersionsCommand({ Bucket: this.name }));
      const all = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
      if (all.length === 0) return;
      const Objects = all.map(({ Key, VersionId }) => ({ Key, VersionId }));
      const { Errors: [first] = [] } = await this.s3.send(
        new DeleteObjectsCommand({ Bucket: this.name, Delete: { Objects, Quiet: true } }),
      );
      if (first !== undefined)
        throw new UserError(`"${first.Key}" in "${this.name}" can't be deleted: ${first.Message}`);
    }
  }

  /** What isn't a state at all is somebody's, so it counts as used. */
  private async isUsed(key: string): Promise<boolean> {
    try {
      return ((await this.state(key))?.resources ?? 0) > 0;
    } catch (error) {
      if (error instanceof SyntaxError) return true;
      throw error;
    }
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
