import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  checkPermissions,
  type PermissionCheck,
  type PermissionCheckSettings,
} from "../../../rehearsal/report/permissions";
import type { MatrixRow } from "../../../rehearsal/report/permissions/matrix";

interface Grant {
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), "permissions-"))));
afterEach(() => rmSync(directory, { recursive: true }));

/** A stack with a bucket, a recipe, a key and one role, named in the ways that Terraform allows. */
function stack(statements: readonly Grant[], comment: object = {}): void {
  const folder = path.join(directory, "stacks", "pipeline");
  mkdirSync(folder, { recursive: true });
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const resource = {
    aws_iam_role: { Build_Role: { name: "shop-build" } },
    aws_s3_bucket: { Artifacts: { bucket: "shop-artifacts" } },
    aws_imagebuilder_image_recipe: { Base: { name: "shop-base-1" } },
    aws_kms_key: { Key: { description: "key" } },
    aws_iam_role_policy: { Policy: { role: "${aws_iam_role.Build_Role.name}", policy, "//": comment } },
  };
  writeFileSync(path.join(folder, "cdk.tf.json"), JSON.stringify({ resource }));
}

/** A call of shop-build, unless another principal is named, in this second of the run. */
type Call = readonly [
  action: string,
  resource: string,
  decision?: "allowed" | "denied",
  principal?: string,
  second?: number,
];
const at = (second: number): string => `2026-11-24T10:00:${String(second).padStart(2, "0")}.000Z`;

/** @param carriedOut a rehearsal without drills, unless told otherwise */
function check(
  calls: readonly Call[],
  carriedOut: Pick<PermissionCheckSettings, "drills" | "complete"> = { drills: [], complete: true },
): PermissionCheck & { readonly matrix: readonly MatrixRow[] } {
  const lines = calls.map(
    ([action, resource, decision = "allowed", principal = "assumed-role/shop-build/1", second = 0]) =>
      JSON.stringify({
        time: at(second),
        principal: `arn:aws:sts::1:${principal}`,
        action,
        resource,
        decision,
      }),
  );
  const callsFile = path.join(directory, "calls.jsonl");
  writeFileSync(callsFile, `${lines.join("\n")}\n`);
  const result = checkPermissions({
    callsFile,
    outputDirectory: directory,
    reportDirectory: directory,
    ...carriedOut,
  });
  const matrix = JSON.parse(readFileSync(path.join(directory, "permissions.json"), "utf8")) as MatrixRow[];
  return { ...result, matrix };
}

const put: Grant = { Action: ["s3:PutObject"], Resource: "${aws_s3_bucket.Artifacts.arn}/*" };
const object = "arn:aws:s3:::shop-artifacts/a";

describe("the permission matrix", () => {
  it("finds nothing when all that was granted was used", () => {
    stack([put]);
    const { findings, matrix } = check([
      ["s3:PutObject", object],
      ["s3:PutObject", `${object}/b`],
    ]);
    expect(findings).toEqual([]);
    expect(matrix).toEqual([
      {
        role: "shop-build",
        action: "s3:PutObject",
        resources: ["${aws_s3_bucket.Artifacts.arn}/*"],
        state: "used",
        count: 2,
      },
    ]);
  });

  it("names a permission that nobody used", () => {
    stack([put, { Action: ["s3:GetObject"], Resource: "*" }]);
    const { findings } = check([["s3:PutObject", object]]);
    expect(findings).toEqual([
      expect.stringMatching(/^shop-build never used s3:GetObject on \*: .*unusedInRehearsal/),
    ]);
  });

  it("accepts that nobody used it when there is a reason", () => {
    stack([put], { unusedInRehearsal: { 0: { "s3:PutObject": "there is nothing to put" } } });
    const { findings, matrix } = check([]);
    expect(findings).toEqual([]);
    expect(matrix).toMatchObject([{ state: "unused for a reason", reason: "there is nothing to put" }]);
  });

  it("does not accept a reason beside a permission that is used all the same", () => {
    stack([put], { unusedInRehearsal: { 0: { "s3:PutObject": "there is nothing to put" } } });
    const { findings, matrix } = check([["s3:PutObject", object]]);
    expect(findings).toEqual([
      expect.stringMatching(/^shop-build used s3:PutObject on .*remove the reason$/),
    ]);
    expect(matrix).toMatchObject([{ state: "used against its reason" }]);
  });

  it("takes the reason from either of two that grant the same", () => {
    stack([put, put], { unusedInRehearsal: { 0: { "s3:PutObject": "there is nothing to put" } } });
    expect(check([]).matrix).toMatchObject([{ state: "unused for a reason" }]);
  });

  it("names what was denied, and how often", () => {
    stack([put]);
    const { findings } = check([
      ["s3:PutObject", object],
      ["s3:DeleteObject", object, "denied"],
      ["s3:DeleteObject", object, "denied"],
    ]);
    expect(findings).toEqual([
      expect.stringContaining(`shop-build was denied s3:DeleteObject on ${object} (2 times)`),
    ]);
  });

  it("names what was allowed, although no policy of ours says so", () => {
    stack([put]);
    const { findings } = check([
      ["s3:PutObject", object],
      ["s3:PutObject", "arn:aws:s3:::other/a"],
    ]);
    expect(findings).toEqual([expect.stringContaining("was allowed s3:PutObject on arn:aws:s3:::other/a")]);
  });

  it.each([
    [
      "${aws_imagebuilder_image_recipe.Base.arn}",
      "arn:aws:imagebuilder:r:1:image-recipe/shop-base-1/1.0.0",
      true,
    ],
    [
      "${aws_imagebuilder_image_recipe.Base.arn}",
      "arn:aws:imagebuilder:r:1:image-recipe/shop-release/1.0.0",
      false,
    ],
    ["${aws_kms_key.Key.arn}", "arn:aws:kms:r:1:key/7d1", true],
    ["arn:aws:ssm:r:1:parameter/a?", "arn:aws:ssm:r:1:parameter/ab", true],
    ["arn:aws:ssm:r:1:parameter/a", "arn:aws:ssm:r:1:parameter/ab", false],
    ["arn:aws:ssm:r:1:parameter/a+", "arn:aws:ssm:r:1:parameter/aa", false],
  ])("takes %s for %s: %p", (granted, asked, used) => {
    stack([{ Action: ["any:Action"], Resource: [granted] }]);
    expect(check([["any:Action", asked]]).matrix[0]).toMatchObject({ state: used ? "used" : "unused" });
  });

  it("leaves out whoever has no policy of ours, and what IAM allows everybody", () => {
    stack([put]);
    const { findings, matrix } = check([
      ["s3:PutObject", object],
      ["sts:GetCallerIdentity", "*"],
      ["s3:DeleteBucket", object, "denied", "root"],
      ["s3:DeleteBucket", object, "denied", "assumed-role/AWSServiceRoleForImageBuilder/1"],
    ]);
    expect(findings).toEqual([]);
    expect(matrix).toHaveLength(1);
  });

  it("is a table for people, too", () => {
    stack([put, { Action: ["s3:GetObject"], Resource: "*" }]);
    const { totals } = check([["s3:PutObject", object]]);
    const text = readFileSync(path.join(directory, "permissions.md"), "utf8");
    expect(totals).toContain("1 granted and used, 1 granted and never used");
    expect(text).toContain("## shop-build");
    expect(text).toContain("| s3:PutObject | `${aws_s3_bucket.Artifacts.arn}/*` | granted and used | 1 |  |");
  });
});

describe("the permission matrix of drills", () => {
  const get: Grant = { Action: ["s3:GetObject"], Resource: "*" };
  /** Two drills, of which the second is the one that `s3:PutObject` is for. */
  const drills = [
    { name: "good", at: at(10) },
    { name: "lost-object", at: at(20) },
  ];
  const forDrill = { usedByDrill: { 0: { "s3:PutObject": "lost-object" } } };
  const putIn = (second: number): Call => ["s3:PutObject", object, "allowed", undefined, second];

  it("leaves a permission of a drill alone when no drill was carried out", () => {
    stack([put], forDrill);
    const { findings, matrix } = check([]);
    expect(findings).toEqual([]);
    expect(matrix).toMatchObject([{ state: "left to a drill", drill: "lost-object" }]);
  });

  it.each([
    ["before the drills", 5, false],
    ["in another drill", 15, false],
    ["in its drill", 25, true],
  ])("demands that the drill uses it: %s", (_, second, holds) => {
    stack([put], forDrill);
    const { findings, matrix } = check([putIn(second)], { drills, complete: true });
    expect(findings).toEqual(
      holds
        ? []
        : [
            expect.stringMatching(
              /^shop-build did not use s3:PutObject on .* in the drill lost-object, .*usedByDrill/,
            ),
          ],
    );
    expect(matrix).toMatchObject([{ state: holds ? "used" : "unused by its drill" }]);
  });

  it("leaves it alone when other drills were carried out", () => {
    stack([put], forDrill);
    const { findings } = check([], { drills: drills.slice(0, 1), complete: false });
    expect(findings).toEqual([]);
  });

  it("says nothing of what these drills did not have to use, unless all were carried out", () => {
    stack([get]);
    expect(check([], { drills, complete: false })).toMatchObject({ findings: [], matrix: [] });
    expect(check([], { drills, complete: true }).findings).toEqual([
      expect.stringMatching(/^shop-build never used s3:GetObject on \*: .*usedByDrill/),
    ]);
  });

  it("names the drills that used what the rehearsal itself did not", () => {
    stack([put, get]);
    const { matrix } = check([putIn(15), putIn(25), ["s3:GetObject", object], ["s3:GetObject", object]], {
      drills,
      complete: true,
    });
    expect(matrix).toMatchObject([
      { action: "s3:GetObject", count: 2 },
      { action: "s3:PutObject", count: 2, usedBy: ["good", "lost-object"] },
    ]);
    expect(matrix[0]).not.toHaveProperty("usedBy");
    const text = readFileSync(path.join(directory, "permissions.md"), "utf8");
    expect(text).toContain("| granted and used | 2 | good, lost-object |");
  });

  it("names what was denied in a drill", () => {
    stack([put]);
    const { findings } = check([["s3:DeleteObject", object, "denied", undefined, 15]], {
      drills,
      complete: false,
    });
    expect(findings).toEqual([expect.stringContaining("shop-build was denied s3:DeleteObject")]);
  });
});
