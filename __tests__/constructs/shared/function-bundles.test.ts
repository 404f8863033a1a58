import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { unzipSync } from "fflate";
import { FunctionBundles } from "../../../constructs/shared/function-bundles";
import { stubBundles } from "../../support/configuration";

function bundlesOf(directory: string): FunctionBundles {
  return new FunctionBundles(new TerraformStack(Testing.app(), "test"), "Bundles", { directory });
}
function zips(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".zip"))
    .map((file) => path.join(directory, file));
}

describe("function bundles", () => {
  test("hold the code in the file that Lambda looks for", () => {
    const directory = stubBundles();
    bundlesOf(directory).of("version");
    const [zip = ""] = zips(directory);
    expect(Object.keys(unzipSync(readFileSync(zip)))).toEqual(["index.js"]);
  });

  test("are the same for the same code, wherever it is zipped", () => {
    const [one, other] = [stubBundles(), stubBundles()];
    expect(bundlesOf(one).of("version")).toEqual(bundlesOf(other).of("version"));
    expect(readFileSync(zips(one)[0] ?? "")).toEqual(readFileSync(zips(other)[0] ?? ""));
  });

  test("are others when the code changes", () => {
    const directory = stubBundles();
    const before = bundlesOf(directory).of("version");
    writeFileSync(path.join(directory, "version/index.js"), "exports.handler = () => 'changed';");
    const after = bundlesOf(directory).of("version");
    expect(after.sha256).not.toBe(before.sha256);
    expect(after.file).not.toBe(before.file);
  });

  test("are shared by all functions of the same code", () => {
    const bundles = bundlesOf(stubBundles());
    expect(bundles.of("roll-out")).toBe(bundles.of("roll-out"));
  });
});
