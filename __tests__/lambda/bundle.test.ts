import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { bundleFunctions, functionNames } from "../../lambda/bundle";

describe("the bundles", () => {
  const output = mkdtempSync(path.join(tmpdir(), "bundles-"));
  afterAll(() => rmSync(output, { recursive: true }));

  it("are one file for each function, which exports its handler", () => {
    const folders = bundleFunctions(output);
    for (const name of functionNames) {
      const bundle = path.join(folders[name], "index.js");
      expect(createRequire(bundle)(bundle)).toEqual(
        expect.objectContaining({ handler: expect.any(Function) }),
      );
      expect(existsSync(`${bundle}.map`)).toBe(false);
    }
  });

  it("are the same bytes each time and name no place on this machine", () => {
    const digest = () =>
      Object.values(bundleFunctions(output)).map((folder) =>
        createHash("sha256")
          .update(readFileSync(path.join(folder, "index.js")))
          .digest("hex"),
      );
    expect(digest()).toEqual(digest());
    for (const name of functionNames)
      expect(readFileSync(path.join(output, name, "index.js"), "utf8")).not.toContain(process.cwd());
  });
});
