import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApplicationCopies, type Change, changes } from "../../../rehearsal/drills/application-copies";
import { parse } from "yaml";

let directory: string;
let copies: ApplicationCopies;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "drill-"));
  copies = new ApplicationCopies("app-src", join(directory, "copy"));
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Component {
  readonly phases: readonly { readonly name: string; readonly steps: readonly { readonly name: string }[] }[];
}
const read = (copy: string, file: string): string => readFileSync(join(copy, file), "utf8");
const component = (copy: string): Component => parse(read(copy, "image/component.yml")) as Component;

describe("a copy of the application", () => {
  it.each<[string, Change]>([
    ["greeting", changes.greeting("Hello from a drill")],
    ["readiness", changes.neverReady],
    ["answers", changes.failAfter(100)],
    ["bake", changes.slowBake(5)],
    ["image test", changes.failingImageTest],
  ])("has its %s changed, and nothing of the original is", (_what, change) => {
    const before = readFileSync(join("app-src", change.file), "utf8");
    const copy = copies.changed(change);
    expect(read(copy, change.file)).toBe(before.replace(change.replace, () => change.by));
    expect(read(copy, change.file)).not.toBe(before);
    expect(readFileSync(join("app-src", change.file), "utf8")).toBe(before);
  });

  it("has no unit tests, which would keep a bad release from being made", () => {
    expect(existsSync(join(copies.changed(), "src/test"))).toBe(false);
    expect(existsSync(join(copies.changed(), "src/main"))).toBe(true);
  });

  it("has them where it is a release like any other", () => {
    const copy = copies.tested(changes.greeting("Hello again"));
    expect(existsSync(join(copy, "src/test"))).toBe(true);
    expect(read(copy, changes.greeting("").file)).toContain("Hello again");
  });

  it("keeps nothing of the copy before it", () => {
    copies.changed(changes.neverReady);
    expect(read(copies.changed(), changes.neverReady.file)).not.toContain("diskSpace");
  });

  it("has one more test in the image where that is to fail", () => {
    const test = component(copies.changed(changes.failingImageTest)).phases.at(-1);
    expect(test?.name).toBe("test");
    expect(test?.steps[0]?.name).toBe("FailsOnPurpose");
  });

  it("has no test phase in the image where nothing is to be found out before the fleet does", () => {
    expect(component(copies.untested()).phases.map(({ name }) => name)).toEqual(["build", "validate"]);
  });

  it("fails when a change would change nothing", () => {
    expect(() => copies.changed({ ...changes.neverReady, replace: "no such text" })).toThrow(
      'application.properties does not hold "no such text": the copy would be no change',
    );
  });
});
