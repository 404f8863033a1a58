import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defectsOf } from "../../../rehearsal/report/defects";

describe("the local cloud's log", () => {
  it("names each defect once, and nothing else", () => {
    const directory = mkdtempSync(join(tmpdir(), "defects-"));
    writeFileSync(
      join(directory, "cloud.log"),
      [
        "2026-11-24T10:00:00.000Z events: rule started hello",
        "2026-11-24T10:00:01.000Z defect: codebuild: Defect: the answer of codebuild:ListProjects",
        "    at dispatch (dispatch.ts:1:1)",
        "2026-11-24T10:00:02.000Z defect: codebuild: Defect: the answer of codebuild:ListProjects",
        "",
      ].join("\n"),
    );
    expect(defectsOf(directory)).toEqual(["codebuild: Defect: the answer of codebuild:ListProjects"]);
    rmSync(directory, { recursive: true });
  });
});
