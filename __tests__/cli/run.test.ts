import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

// Entries must lie in the project, where its packages are found.
const folder = path.resolve("node_modules/.cache", `run-test-${process.pid}`);

function entry(name: string, code: string): string {
  writeFileSync(path.join(folder, name), code);
  return path.join(folder, name);
}

async function node(
  args: string[],
  cwd = process.cwd(),
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [path.resolve("run.mjs"), ...args], { cwd });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

beforeAll(() => mkdirSync(folder, { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("run.mjs", () => {
  test("runs TypeScript with its arguments at the project's root, wherever it is started", async () => {
    const file = entry(
      "args.ts",
      "const [, , ...rest]: string[] = process.argv; console.log(process.cwd(), rest.join());",
    );
    expect(await node([file, "a", "--b"], folder)).toEqual({
      code: 0,
      out: `${process.cwd()} a,--b\n`,
      err: "",
    });
  });

  test("imports our files, packages and Node's own modules", async () => {
    entry("own.ts", "export const own: string = 'own';");
    const file = entry(
      "imports.ts",
      `import { own } from "./own"; import path from "node:path"; import * as z from "zod"; import YAML from "yaml";
       console.log(own, path.sep, z.string().parse("zod"), YAML.parse("[yaml]")[0]);`,
    );
    expect((await node([file])).out).toBe("own / zod yaml\n");
  });

  test("prints a user's mistake without a stack and anything else with the place in the source", async () => {
    const mistake = entry(
      "mistake.ts",
      `class UserError extends Error { override name = "UserError" } throw new UserError("no such thing");`,
    );
    expect(await node([mistake])).toEqual({ code: 1, out: "", err: "error: no such thing\n" });
    const bug = entry("bug.ts", "\n\nexport function f(): never { throw new Error('bug'); }\nf();");
    const { code, err } = await node([bug]);
    expect(code).toBe(1);
    expect(err).toContain("bug.ts:3");
  });

  test("says that there is no such entry", async () => {
    expect(await node(["nowhere.ts"])).toEqual({
      code: 1,
      out: "",
      err: 'error: no entry "nowhere.ts" in the project; usage: node run.mjs <entry.ts> [arguments]\n',
    });
  });

  test("reports code that can't be compiled by its place", async () => {
    const { code, err } = await node([entry("broken.ts", "const = 1;")]);
    expect(code).toBe(1);
    expect(err).toContain("broken.ts:1:6");
  });

  test("can run many times at once", async () => {
    const file = entry(
      "parallel.ts",
      `import YAML from "yaml"; import * as z from "zod"; console.log(YAML.stringify(z.literal("ok").parse("ok")));`,
    );
    const results = await Promise.all(Array.from({ length: 6 }, () => node([file])));
    expect(results.map(({ code, out }) => [code, out.trim()])).toEqual(Array(6).fill([0, "ok"]));
  });
});
