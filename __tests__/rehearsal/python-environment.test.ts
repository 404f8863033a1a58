import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonEnvironment } from "../../rehearsal/python-environment";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "python-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function environment(requirements: string): Promise<string> {
  writeFileSync(join(folder, "requirements.txt"), requirements);
  return pythonEnvironment({
    directory: join(folder, "environment"),
    requirements: join(folder, "requirements.txt"),
    purpose: "the thing that is tested",
  });
}
const made = (): number => statSync(join(folder, "environment/pyvenv.cfg")).ino;

describe("a private Python environment", () => {
  it("is made anew when what it needs has changed, and then once", async () => {
    mkdirSync(join(folder, "environment"));
    writeFileSync(join(folder, "environment/installed.txt"), "# something else\n");
    const programs = await environment("# nothing\n");
    const python = join(programs, "python");
    const prefix = execFileSync(python, ["-c", "import sys; print(sys.prefix)"], { encoding: "utf8" });
    expect(prefix.trim()).toMatch(/\/environment$/);
    const first = made();
    expect(await environment("# nothing\n")).toBe(programs);
    expect(made()).toBe(first);
    expect(readdirSync(folder).sort()).toEqual(["environment", "requirements.txt"]);
  }, 120_000);

  it("says in one line what can't be had and why, and leaves nothing half made", async () => {
    const broken = environment("./no-such-package\n");
    await expect(broken).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(
        /^the thing that is tested could not be installed from PyPI: .+$/,
      ) as string,
    });
    expect(existsSync(join(folder, "environment"))).toBe(false);
    expect(readdirSync(folder)).toEqual(["requirements.txt"]);
  }, 120_000);
});
