import {
  CodeCommitClient,
  CreateCommitCommand,
  GetBranchCommand,
  GetDifferencesCommand,
} from "@aws-sdk/client-codecommit";
import { mockClient } from "aws-sdk-client-mock";
import { blobIdOf, type AppFile } from "../../cli/app-files";
import { AppRepository, compare } from "../../cli/app-repository";

const codecommit = mockClient(CodeCommitClient);
const repository = new AppRepository(new CodeCommitClient({ region: "eu-west-1" }), "hello-world", "main");
const nobody = { name: undefined, email: undefined };
const failure = (name: string) => Object.assign(new Error(name), { name });

function file(path: string, content = path, mode: AppFile["mode"] = "NORMAL"): AppFile {
  return { path, content: Buffer.from(content), mode, blobId: blobIdOf(Buffer.from(content)) };
}
function entry({ path, blobId }: AppFile, mode = "100644") {
  return { changeType: "A" as const, afterBlob: { path, blobId, mode } };
}

beforeEach(() => codecommit.reset());

describe("the tip", () => {
  test("is everything in the branch's newest commit, page by page", async () => {
    codecommit.on(GetBranchCommand).resolves({ branch: { commitId: "c1" } });
    codecommit
      .on(GetDifferencesCommand, { afterCommitSpecifier: "c1" })
      .resolvesOnce({ differences: [entry(file("a"))], NextToken: "2" })
      .resolves({ differences: [entry(file("mvnw"), "100755")] });
    const { commitId, tree } = await repository.tip();
    expect(commitId).toBe("c1");
    expect([...tree]).toEqual([
      ["a", { blobId: file("a").blobId, mode: "100644" }],
      ["mvnw", { blobId: file("mvnw").blobId, mode: "100755" }],
    ]);
  });
  test("is nothing in an empty repository", async () => {
    codecommit.on(GetBranchCommand).rejects(failure("BranchDoesNotExistException"));
    expect(await repository.tip()).toEqual({ commitId: undefined, tree: new Map() });
  });
  test("needs a repository", async () => {
    codecommit.on(GetBranchCommand).rejects(failure("RepositoryDoesNotExistException"));
    await expect(repository.tip()).rejects.toThrow(
      'there is no repository "hello-world" yet; deploy the pipeline\'s stack first, with: npx cdktf deploy',
    );
  });
});

describe("a comparison", () => {
  const tree = new Map([
    ["a", { blobId: file("a").blobId, mode: "100644" }],
    ["mvnw", { blobId: file("mvnw").blobId, mode: "100755" }],
  ]);
  test("finds nothing when nothing changed", () => {
    expect(compare([file("a"), file("mvnw", "mvnw", "EXECUTABLE")], tree)).toEqual({ put: [], remove: [] });
  });
  test("finds contents and modes that changed, new files and deleted ones", () => {
    const changed = [file("mvnw", "mvnw", "NORMAL"), file("new")];
    expect(compare(changed, tree)).toEqual({ put: changed, remove: ["a"] });
    expect(compare([file("a", "other"), file("mvnw", "mvnw", "EXECUTABLE")], tree).put).toEqual([
      file("a", "other"),
    ]);
  });
});

describe("a commit", () => {
  const changes = { put: [file("mvnw", "x", "EXECUTABLE")], remove: ["old"] };

  test("writes and deletes at once, on the tip that was compared with", async () => {
    codecommit.on(CreateCommitCommand).resolves({ commitId: "c2" });
    expect(await repository.commit(changes, "c1", "message", { name: "Ada", email: "ada@example.com" })).toBe(
      "c2",
    );
    expect(codecommit.commandCalls(CreateCommitCommand).map(({ args }) => args[0].input)).toEqual([
      {
        repositoryName: "hello-world",
        branchName: "main",
        parentCommitId: "c1",
        commitMessage: "message",
        authorName: "Ada",
        email: "ada@example.com",
        putFiles: [{ filePath: "mvnw", fileContent: Buffer.from("x"), fileMode: "EXECUTABLE" }],
        deleteFiles: [{ filePath: "old" }],
      },
    ]);
  });
  test.each(["ParentCommitIdOutdatedException", "ConcurrentReferenceUpdateException"])(
    "gives way to another one that came first: %s",
    async (name) => {
      codecommit.on(CreateCommitCommand).rejects(failure(name));
      await expect(repository.commit(changes, "c1", "message", nobody)).rejects.toThrow(
        'somebody else committed to main of "hello-world" in the meantime; run this again',
      );
    },
  );
  test("says that there are too many files", async () => {
    codecommit.on(CreateCommitCommand).rejects(failure("MaximumFileEntriesExceededException"));
    await expect(repository.commit(changes, "c1", "message", nobody)).rejects.toThrow(
      /^2 changed files are more than CodeCommit takes/,
    );
  });
  test("leaves other refusals to the service's words", async () => {
    codecommit.on(CreateCommitCommand).rejects(failure("EncryptionKeyDisabledException"));
    await expect(repository.commit(changes, "c1", "message", nobody)).rejects.toThrow(
      "EncryptionKeyDisabledException",
    );
  });
  test("is refused before anything is sent when a file is too big", async () => {
    const big = { put: [file("video.mp4", "x".repeat(6 * 1024 * 1024 + 1))], remove: [] };
    await expect(repository.commit(big, "c1", "message", nobody)).rejects.toThrow(
      'too big for CodeCommit\'s API: "video.mp4" (6.0 MiB); allowed: 6.0 MiB a file; push with git instead',
    );
    const much = {
      put: ["a", "b", "c", "d"].map((path) => file(path, "x".repeat(5.5 * 1024 * 1024))),
      remove: [],
    };
    await expect(repository.commit(much, "c1", "message", nobody)).rejects.toThrow(
      /^the changed files are 22\.0 MiB together/,
    );
    expect(codecommit.calls()).toHaveLength(0);
  });
});
