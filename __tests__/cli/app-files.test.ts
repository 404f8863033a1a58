import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { blobIdOf, readAppFiles } from "../../cli/app-files";

let folder: string;
function write(name: string, content = name): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), content);
}
const paths = async () => (await readAppFiles(folder)).map((file) => file.path);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "app-files-test-"));
  write("pom.xml");
  write("mvnw");
  chmodSync(path.join(folder, "mvnw"), 0o755);
  write("src/main/java/App.java");
  write("target/app.jar");
  write("debug.log");
  write("logs/a.txt");
  write(".gitignore", "target/\n*.log\n/logs\n# comment\n");
});
afterEach(() => rm(folder, { recursive: true }));

const belonging = [".gitignore", "mvnw", "pom.xml", "src/main/java/App.java"];

describe("the application's files", () => {
  test("are those that git would track, in a checkout", async () => {
    execFileSync("git", ["init", "-q"], { cwd: folder });
    expect(await paths()).toEqual(belonging);
  });
  test("are found without git too", async () => {
    expect(await paths()).toEqual(belonging);
  });
  test("never include what a build makes", async () => {
    rmSync(path.join(folder, ".gitignore"));
    expect(await paths()).not.toContain("target/app.jar");
  });
  test("leave out what was deleted and not committed yet", async () => {
    execFileSync("git", ["init", "-q"], { cwd: folder });
    execFileSync("git", ["add", "."], { cwd: folder });
    rmSync(path.join(folder, "pom.xml"));
    expect(await paths()).not.toContain("pom.xml");
  });
  test("keep their mode", async () => {
    const files = await readAppFiles(folder);
    expect(files.find((file) => file.path === "mvnw")?.mode).toBe("EXECUTABLE");
    expect(files.find((file) => file.path === "pom.xml")?.mode).toBe("NORMAL");
  });
  test("have git's blob ids", async () => {
    const expected = execFileSync("git", ["hash-object", "pom.xml"], {
      cwd: folder,
      encoding: "utf8",
    }).trim();
    expect((await readAppFiles(folder)).find((file) => file.path === "pom.xml")?.blobId).toBe(expected);
    expect(blobIdOf(Buffer.alloc(0))).toBe("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  });
  test("may not be symbolic links", async () => {
    symlinkSync("pom.xml", path.join(folder, "link.xml"));
    await expect(readAppFiles(folder)).rejects.toThrow(
      '"link.xml" is not a plain file; allowed: files, no symbolic links',
    );
  });
  test("are not invented for a folder that is missing", async () => {
    await expect(readAppFiles(path.join(folder, "nowhere"))).rejects.toThrow(
      /^the folder ".*nowhere" can't be read/,
    );
  });
});
