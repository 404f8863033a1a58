import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CodeCommitClient,
  CreateBranchCommand,
  CreateCommitCommand,
  type CreateCommitCommandInput,
  CreatePullRequestCommand,
  CreateRepositoryCommand,
  DeleteBranchCommand,
  DeleteFileCommand,
  DeleteRepositoryCommand,
  GetBlobCommand,
  GetBranchCommand,
  GetCommitCommand,
  GetDifferencesCommand,
  GetFileCommand,
  GetFolderCommand,
  GetRepositoryCommand,
  ListBranchesCommand,
  ListRepositoriesCommand,
  ListTagsForResourceCommand,
  PutFileCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDefaultBranchCommand,
  UpdateRepositoryNameCommand,
} from "@aws-sdk/client-codecommit";
import { unzipSync } from "fflate";
import { codeCommit, type CodeCommitPart } from "../../../../rehearsal/cloud/codecommit/codecommit";
import { unpackZip } from "../../../../rehearsal/cloud/codebuild/zip";
import { GatewayHarness } from "../../../support/gateway-harness";
import { modelOf, TestCloud } from "../../../support/test-cloud";

const run = promisify(execFile);
const repositoryName = "shop";
const bytes = (text: string): Uint8Array => Buffer.from(text);

let harness: GatewayHarness;
let cloud: TestCloud;
let part: CodeCommitPart;
let client: CodeCommitClient;

beforeEach(async () => {
  harness = new GatewayHarness();
  cloud = new TestCloud();
  await harness.start();
  cloud.endpoint = harness.endpoint;
  part = codeCommit(cloud, modelOf("codecommit"));
  harness.parts = [part];
  harness.raw.set("/v1/repos/", part.handleGit);
  client = new CodeCommitClient(harness.client);
  await client.send(
    new CreateRepositoryCommand({
      repositoryName,
      repositoryDescription: "the shop",
      tags: { Application: "shop" },
    }),
  );
});

afterEach(async () => {
  client.destroy();
  await harness.stop();
  cloud.remove();
  expect(harness.unexpected).toEqual([]);
});

const commit = (input: Partial<CreateCommitCommandInput> = {}) =>
  client.send(
    new CreateCommitCommand({
      repositoryName,
      branchName: "main",
      authorName: "Ada",
      email: "ada@example.com",
      commitMessage: "a change",
      putFiles: [{ filePath: "README.md", fileContent: bytes("hello\n") }],
      ...input,
    }),
  );

describe("a repository", () => {
  it("is described as AWS does, with a clone URL that works here", async () => {
    const { repositoryMetadata } = await client.send(new GetRepositoryCommand({ repositoryName }));
    expect(repositoryMetadata).toMatchObject({
      accountId: "111122223333",
      Arn: "arn:aws:codecommit:eu-central-1:111122223333:shop",
      repositoryDescription: "the shop",
      cloneUrlHttp: `${harness.endpoint}/v1/repos/shop`,
      repositoryId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      creationDate: expect.any(Date),
    });
    expect(repositoryMetadata!.defaultBranch).toBeUndefined();
  });

  it("has one name only", async () => {
    await expect(client.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
      name: "RepositoryNameExistsException",
    });
  });

  it("is unknown once it is deleted, and deleting it again is no error", async () => {
    expect((await client.send(new DeleteRepositoryCommand({ repositoryName }))).repositoryId).toBeDefined();
    await expect(client.send(new GetRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
      name: "RepositoryDoesNotExistException",
    });
    expect((await client.send(new DeleteRepositoryCommand({ repositoryName }))).repositoryId).toBeUndefined();
  });

  it("keeps its commits when it is renamed", async () => {
    const { commitId } = await commit();
    await client.send(new UpdateRepositoryNameCommand({ oldName: repositoryName, newName: "store" }));
    const { branch } = await client.send(
      new GetBranchCommand({ repositoryName: "store", branchName: "main" }),
    );
    expect(branch).toEqual({ branchName: "main", commitId });
    const { repositories } = await client.send(new ListRepositoriesCommand({}));
    expect(repositories!.map((entry) => entry.repositoryName)).toEqual(["store"]);
  });

  it("carries tags", async () => {
    const resourceArn = "arn:aws:codecommit:eu-central-1:111122223333:shop";
    await client.send(new TagResourceCommand({ resourceArn, tags: { Team: "a" } }));
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ["Application"] }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ Team: "a" });
    await expect(
      client.send(new TagResourceCommand({ resourceArn, tags: { "aws:x": "a" } })),
    ).rejects.toMatchObject({ name: "InvalidSystemTagUsageException" });
  });

  it("refuses a name that AWS refuses", async () => {
    await expect(client.send(new CreateRepositoryCommand({ repositoryName: "a b" }))).rejects.toMatchObject({
      message: expect.stringContaining("repositoryName"),
    });
    await expect(client.send(new CreateRepositoryCommand({ repositoryName: "a.git" }))).rejects.toMatchObject(
      {
        name: "InvalidRepositoryNameException",
      },
    );
  });
});

describe("a commit", () => {
  it("makes the branch, which becomes the default, and says so", async () => {
    const { commitId, treeId, filesAdded } = await commit();
    expect(filesAdded).toEqual([
      { absolutePath: "README.md", blobId: "ce013625030ba8dba906f756967f9e9ca394464a", fileMode: "NORMAL" },
    ]);
    const { repositoryMetadata } = await client.send(new GetRepositoryCommand({ repositoryName }));
    expect(repositoryMetadata!.defaultBranch).toBe("main");
    expect(cloud.events).toEqual([
      {
        source: "aws.codecommit",
        detailType: "CodeCommit Repository State Change",
        resources: ["arn:aws:codecommit:eu-central-1:111122223333:shop"],
        detail: {
          callerUserArn: harness.callerArn,
          commitId,
          event: "referenceCreated",
          referenceFullName: "refs/heads/main",
          referenceName: "main",
          referenceType: "branch",
          repositoryId: repositoryMetadata!.repositoryId,
          repositoryName,
        },
      },
    ]);
    const read = await client.send(new GetCommitCommand({ repositoryName, commitId }));
    expect(read.commit).toMatchObject({
      commitId,
      treeId,
      parents: [],
      message: "a change",
      author: { name: "Ada", email: "ada@example.com", date: expect.stringMatching(/^\d+ \+0000$/) },
    });
  });

  it("updates, moves and deletes files and keeps what it does not name", async () => {
    const first = await commit({
      putFiles: [
        { filePath: "a.txt", fileContent: bytes("a") },
        { filePath: "bin/run", fileContent: bytes("#!/bin/sh\n"), fileMode: "EXECUTABLE" },
        { filePath: "old.txt", fileContent: bytes("old") },
        { filePath: "link", fileContent: bytes("a.txt"), fileMode: "SYMLINK" },
      ],
    });
    const second = await commit({
      parentCommitId: first.commitId,
      putFiles: [
        { filePath: "a.txt", fileContent: bytes("b") },
        { filePath: "tools/run", sourceFile: { filePath: "bin/run", isMove: true } },
      ],
      deleteFiles: [{ filePath: "old.txt" }],
      keepEmptyFolders: true,
    });
    expect(second.filesUpdated!.map((file) => file.absolutePath)).toEqual(["a.txt"]);
    expect(second.filesAdded).toMatchObject([{ absolutePath: "tools/run", fileMode: "EXECUTABLE" }]);
    expect(second.filesDeleted!.map((file) => file.absolutePath)).toEqual(["old.txt", "bin/run"]);
    const folder = await client.send(new GetFolderCommand({ repositoryName, folderPath: "" }));
    expect(folder.files!.map((file) => file.absolutePath)).toEqual(["a.txt"]);
    expect(folder.symbolicLinks!.map((file) => file.absolutePath)).toEqual(["link"]);
    expect(folder.subFolders!.map((file) => file.absolutePath)).toEqual(["bin", "tools"]);
    const { differences } = await client.send(
      new GetDifferencesCommand({
        repositoryName,
        beforeCommitSpecifier: first.commitId,
        afterCommitSpecifier: "main",
      }),
    );
    expect(
      differences!.map(({ changeType, afterBlob, beforeBlob }) => [
        changeType,
        (afterBlob ?? beforeBlob)!.path,
      ]),
    ).toEqual([
      ["M", "a.txt"],
      ["A", "bin/.gitkeep"],
      ["D", "bin/run"],
      ["D", "old.txt"],
      ["A", "tools/run"],
    ]);
    expect(cloud.events.at(-1)!.detail).toMatchObject({
      event: "referenceUpdated",
      commitId: second.commitId,
      oldCommitId: first.commitId,
    });
  });

  it("pages differences", async () => {
    await commit({
      putFiles: ["1", "2", "3"].map((filePath) => ({ filePath, fileContent: bytes(filePath) })),
    });
    const ask = (NextToken?: string) =>
      client.send(
        new GetDifferencesCommand({ repositoryName, afterCommitSpecifier: "main", MaxResults: 2, NextToken }),
      );
    const first = await ask();
    const second = await ask(first.NextToken);
    expect([...first.differences!, ...second.differences!].map(({ afterBlob }) => afterBlob!.path)).toEqual([
      "1",
      "2",
      "3",
    ]);
    expect(second.NextToken).toBeUndefined();
    await expect(ask("nonsense!")).rejects.toMatchObject({ name: "InvalidContinuationTokenException" });
  });

  it.each<[string, Partial<CreateCommitCommandInput>]>([
    ["ParentCommitIdRequiredException", {}],
    ["ParentCommitIdOutdatedException", { parentCommitId: "first" }],
    ["ParentCommitDoesNotExistException", { parentCommitId: "1".repeat(40) }],
    ["InvalidParentCommitIdException", { parentCommitId: "abc" }],
    ["NoChangeException", { parentCommitId: "tip" }],
    ["BranchDoesNotExistException", { parentCommitId: "tip", branchName: "other" }],
    ["InvalidBranchNameException", { parentCommitId: "tip", branchName: "a..b" }],
    ["FileEntryRequiredException", { parentCommitId: "tip", putFiles: [] }],
    [
      "FileDoesNotExistException",
      { parentCommitId: "tip", putFiles: [], deleteFiles: [{ filePath: "nope" }] },
    ],
    ["SamePathRequestException", { parentCommitId: "tip", deleteFiles: [{ filePath: "README.md" }] }],
    ["SourceFileOrContentRequiredException", { parentCommitId: "tip", putFiles: [{ filePath: "x" }] }],
    [
      "FileContentAndSourceFileSpecifiedException",
      {
        parentCommitId: "tip",
        putFiles: [{ filePath: "x", fileContent: bytes("x"), sourceFile: { filePath: "README.md" } }],
      },
    ],
    [
      "InvalidPathException",
      { parentCommitId: "tip", putFiles: [{ filePath: "../x", fileContent: bytes("x") }] },
    ],
    [
      "InvalidPathException",
      { parentCommitId: "tip", putFiles: [{ filePath: ".git/config", fileContent: bytes("x") }] },
    ],
    [
      "DirectoryNameConflictsWithFileNameException",
      { parentCommitId: "tip", putFiles: [{ filePath: "README.md/x", fileContent: bytes("x") }] },
    ],
    [
      "FileNameConflictsWithDirectoryNameException",
      { parentCommitId: "tip", putFiles: [{ filePath: "src", fileContent: bytes("x") }] },
    ],
    [
      "MaximumFileEntriesExceededException",
      {
        parentCommitId: "tip",
        putFiles: Array.from({ length: 101 }, (_, index) => ({
          filePath: `f${index}`,
          fileContent: bytes("x"),
        })),
      },
    ],
    ["InvalidEmailException", { parentCommitId: "tip", email: "nobody" }],
  ])("is refused with %s and moves nothing (%#)", async (name, input) => {
    const first = await commit({ putFiles: [{ filePath: "src/a", fileContent: bytes("a") }] });
    const tip = await commit({ parentCommitId: first.commitId });
    const events = cloud.events.length;
    const parentCommitId =
      { first: first.commitId, tip: tip.commitId }[input.parentCommitId ?? ""] ?? input.parentCommitId;
    await expect(commit({ ...input, parentCommitId })).rejects.toMatchObject({ name });
    expect(cloud.events).toHaveLength(events);
    expect(
      (await client.send(new GetBranchCommand({ repositoryName, branchName: "main" }))).branch!.commitId,
    ).toBe(tip.commitId);
  });

  it("is made once when two race for the same parent", async () => {
    const { commitId: parentCommitId } = await commit();
    const race = ["x", "y"].map((filePath) =>
      commit({ parentCommitId, putFiles: [{ filePath, fileContent: bytes(filePath) }] }),
    );
    const results = await Promise.allSettled(race);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(cloud.events).toHaveLength(2);
  });
});

describe("files", () => {
  it("are put, read and deleted one by one", async () => {
    const first = await client.send(
      new PutFileCommand({ repositoryName, branchName: "main", filePath: "a/b", fileContent: bytes("one") }),
    );
    const file = await client.send(new GetFileCommand({ repositoryName, filePath: "a/b" }));
    expect(Buffer.from(file.fileContent!).toString()).toBe("one");
    expect(file).toMatchObject({
      commitId: first.commitId,
      blobId: first.blobId,
      fileSize: 3,
      fileMode: "NORMAL",
    });
    const blob = await client.send(new GetBlobCommand({ repositoryName, blobId: first.blobId }));
    expect(Buffer.from(blob.content!).toString()).toBe("one");
    await expect(
      client.send(
        new PutFileCommand({
          repositoryName,
          branchName: "main",
          filePath: "a/b",
          fileContent: bytes("one"),
          parentCommitId: first.commitId,
        }),
      ),
    ).rejects.toMatchObject({ name: "SameFileContentException" });
    await client.send(
      new DeleteFileCommand({
        repositoryName,
        branchName: "main",
        filePath: "a/b",
        parentCommitId: first.commitId,
      }),
    );
    await expect(client.send(new GetFileCommand({ repositoryName, filePath: "a/b" }))).rejects.toMatchObject({
      name: "FileDoesNotExistException",
    });
  });
});

describe("branches", () => {
  it("are made, listed and deleted, all but the default one", async () => {
    const { commitId } = await commit();
    await client.send(new CreateBranchCommand({ repositoryName, branchName: "feature/x", commitId }));
    await expect(
      client.send(new CreateBranchCommand({ repositoryName, branchName: "feature/x", commitId })),
    ).rejects.toMatchObject({ name: "BranchNameExistsException" });
    expect((await client.send(new ListBranchesCommand({ repositoryName }))).branches).toEqual([
      "feature/x",
      "main",
    ]);
    await expect(
      client.send(new DeleteBranchCommand({ repositoryName, branchName: "main" })),
    ).rejects.toMatchObject({ name: "DefaultBranchCannotBeDeletedException" });
    await client.send(new UpdateDefaultBranchCommand({ repositoryName, defaultBranchName: "feature/x" }));
    const deleted = await client.send(new DeleteBranchCommand({ repositoryName, branchName: "main" }));
    expect(deleted.deletedBranch).toEqual({ branchName: "main", commitId });
    expect(cloud.events.map(({ detail }) => detail.event)).toEqual([
      "referenceCreated",
      "referenceCreated",
      "referenceDeleted",
    ]);
  });
});

describe("git over HTTP", () => {
  const environment = () => ({
    PATH: process.env.PATH,
    HOME: cloud.root,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.com",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.com",
    NO_PROXY: "127.0.0.1",
  });
  const git = (cwd: string, ...arguments_: string[]) => run("git", arguments_, { cwd, env: environment() });

  it("clones what the API committed, and sends the events of a push", async () => {
    const { commitId } = await commit();
    const work = join(cloud.root, "work");
    await git(cloud.root, "clone", "--quiet", `${harness.endpoint}/v1/repos/shop`, work);
    expect(readFileSync(join(work, "README.md"), "utf8")).toBe("hello\n");
    writeFileSync(join(work, "large.bin"), Buffer.alloc(3_000_000, "some text that compresses "));
    await git(work, "add", ".");
    await git(work, "commit", "--quiet", "-m", "by git");
    await git(work, "push", "--quiet", "origin", "main", "main:release");
    const head = (await git(work, "rev-parse", "HEAD")).stdout.trim();
    expect(
      cloud.events
        .slice(1)
        .map(({ detail }) => [detail.event, detail.referenceName, detail.commitId, detail.oldCommitId]),
    ).toEqual([
      ["referenceUpdated", "main", head, commitId],
      ["referenceCreated", "release", head, undefined],
    ]);
    await git(work, "push", "--quiet", "origin", ":release");
    expect(cloud.events.at(-1)!.detail).toMatchObject({
      event: "referenceDeleted",
      referenceName: "release",
    });
    expect(harness.asked.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["codecommit:GitPull", "codecommit:GitPush"]),
    );
  });

  it("refuses who may not push, and a repository that is not there", async () => {
    await commit();
    const work = join(cloud.root, "work");
    await git(cloud.root, "clone", "--quiet", `${harness.endpoint}/v1/repos/shop`, work);
    harness.denied.add("codecommit:GitPush");
    await git(work, "commit", "--quiet", "--allow-empty", "-m", "by git");
    await expect(git(work, "push", "origin", "main")).rejects.toThrow(/403/);
    await expect(git(work, "ls-remote", `${harness.endpoint}/v1/repos/nope`)).rejects.toThrow(/not found/);
    expect(cloud.events).toHaveLength(1);
  });
});

describe("for the other services", () => {
  it("archives the tree of a commit as it is stored, with modes", async () => {
    const { commitId } = await commit({
      putFiles: [
        { filePath: "mvnw", fileContent: bytes("#!/bin/sh\n"), fileMode: "EXECUTABLE" },
        { filePath: "x.cmd", fileContent: bytes("echo\n") },
        { filePath: ".gitattributes", fileContent: bytes("*.cmd text eol=crlf\nmvnw export-ignore\n") },
      ],
    });
    const zip = await part.archive("shop", commitId!);
    const files = unzipSync(zip);
    expect(Object.keys(files).sort()).toEqual([".gitattributes", "mvnw", "x.cmd"]);
    expect(Buffer.from(files["x.cmd"]!).toString()).toBe("echo\n");
    const target = join(cloud.root, "unpacked");
    mkdirSync(target);
    await unpackZip(zip, (name) => join(target, name));
    expect(statSync(join(target, "mvnw")).mode & 0o111).not.toBe(0);
    expect(statSync(join(target, "x.cmd")).mode & 0o111).toBe(0);
  });

  it("checks out a branch and reads its tip", async () => {
    const { commitId } = await commit();
    expect(await part.branchTip("shop", "main")).toBe(commitId);
    expect(await part.commit("shop", commitId!)).toEqual({
      message: "a change",
      authorDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      committerDate: expect.any(String),
    });
    const directory = join(cloud.root, "checkout");
    expect(await part.checkOut("shop", "main", directory)).toBe(commitId);
    expect(readFileSync(join(directory, "README.md"), "utf8")).toBe("hello\n");
    await expect(part.branchTip("shop", "nope")).rejects.toMatchObject({
      code: "BranchDoesNotExistException",
    });
  });
});

describe("permissions", () => {
  it("are asked for before anything is done, with the branch in their context", async () => {
    harness.denied.add("codecommit:CreateCommit");
    await expect(commit()).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect(harness.asked.at(-1)).toEqual({
      action: "codecommit:CreateCommit",
      resource: "arn:aws:codecommit:eu-central-1:111122223333:shop",
      context: { "aws:ResourceTag/Application": "shop", "codecommit:References": ["refs/heads/main"] },
    });
    expect(cloud.events).toEqual([]);
  });

  it("answers an operation that is not served with the service's error", async () => {
    await expect(
      client.send(
        new CreatePullRequestCommand({ title: "x", targets: [{ repositoryName, sourceReference: "main" }] }),
      ),
    ).rejects.toMatchObject({ name: "UnknownOperationException" });
  });
});
