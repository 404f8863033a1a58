import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { StateBucket } from "../../cli/state-bucket";

const s3 = mockClient(S3Client);
const bucket = new StateBucket(new S3Client({ region: "eu-west-1" }), "states", "111122223333");

function failure(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
}
function body(content: unknown) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { Body: { transformToString: () => Promise.resolve(text) } as never };
}

beforeEach(() => s3.reset());

describe("the state bucket", () => {
  test("is looked for in the configured account only", async () => {
    s3.on(HeadBucketCommand).resolves({});
    expect(await bucket.exists()).toBe(true);
    expect(s3.commandCalls(HeadBucketCommand)[0]?.args[0].input).toEqual({
      Bucket: "states",
      ExpectedBucketOwner: "111122223333",
    });
  });
  test("may be missing", async () => {
    s3.on(HeadBucketCommand).rejects(failure("NotFound", 404));
    expect(await bucket.exists()).toBe(false);
  });
  test("may be somebody else's", async () => {
    s3.on(HeadBucketCommand).rejects(failure("Forbidden", 403));
    await expect(bucket.exists()).rejects.toThrow(
      /^stateBucket "states": S3 forbids access; it belongs to another account/,
    );
  });
  test("is not empty as long as a deleted object has versions", async () => {
    s3.on(ListObjectVersionsCommand)
      .resolvesOnce({})
      .resolves({ DeleteMarkers: [{ Key: "a" }] });
    expect(await bucket.isEmpty()).toBe(true);
    expect(await bucket.isEmpty()).toBe(false);
  });
  test("has no state before there is one", async () => {
    s3.on(GetObjectCommand).rejects(failure("NoSuchKey", 404));
    expect(await bucket.state("state.tfstate")).toBeUndefined();
  });
  test("is needed by states with resources and by what is no state, not by its own, a lock or a destroyed stack's", async () => {
    s3.on(ListObjectsV2Command)
      .resolvesOnce({
        Contents: ["state.tfstate", "a", "a.tflock"].map((Key) => ({ Key })),
        NextContinuationToken: "2",
      })
      .resolves({ Contents: ["b", "notes.txt"].map((Key) => ({ Key })) });
    s3.on(GetObjectCommand, { Key: "a" }).resolves(body({ lineage: "a", serial: 1, resources: [{}] }));
    s3.on(GetObjectCommand, { Key: "b" }).resolves(body({ lineage: "b", serial: 9, resources: [] }));
    s3.on(GetObjectCommand, { Key: "notes.txt" }).resolves(body("hello"));
    expect(await bucket.otherStates("state.tfstate")).toEqual(["a", "notes.txt"]);
  });
  test("is emptied version by version", async () => {
    s3.on(ListObjectVersionsCommand)
      .resolvesOnce({
        Versions: [{ Key: "a", VersionId: "1" }],
        DeleteMarkers: [{ Key: "a", VersionId: "2" }],
      })
      .resolves({});
    s3.on(DeleteObjectsCommand).resolves({});
    await bucket.empty();
    expect(s3.commandCalls(DeleteObjectsCommand)[0]?.args[0].input.Delete?.Objects).toEqual([
      { Key: "a", VersionId: "1" },
      { Key: "a", VersionId: "2" },
    ]);
  });
  test("is not emptied for ever when S3 refuses", async () => {
    s3.on(ListObjectVersionsCommand).resolves({ Versions: [{ Key: "a", VersionId: "1" }] });
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: "a", Message: "Access Denied" }] });
    await expect(bucket.empty()).rejects.toThrow('"a" in "states" can\'t be deleted: Access Denied');
  });
});
