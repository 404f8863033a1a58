import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "cdktf";
import { FleetStack } from "../../stacks/fleet-stack";
import { PipelineStack } from "../../stacks/pipeline-stack";
import { StateStack } from "../../stacks/state-stack";
import { skipCreationTraces, synthesize } from "../../stacks/synthesize";
import { configuration, stubBundles } from "../support/configuration";

const bundles = stubBundles();

/** Every file of a synthesis, by its path. */
function synthesizedFiles(): Record<string, string> {
  const outdir = mkdtempSync(path.join(tmpdir(), "cdktf.outdir."));
  const settings = configuration();
  const app = new App({ outdir });
  new StateStack(app, "state", settings);
  for (const environment of settings.environments) new FleetStack(app, settings, environment);
  new PipelineStack(app, settings, bundles);
  synthesize(app);
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map((file) => path.join(file.parentPath, file.name))
      .sort()
      .map((file) => [path.relative(outdir, file), readFileSync(file).toString("base64")]),
  );
}

const files = synthesizedFiles();
const text = (file: string): string => Buffer.from(files[file] ?? "", "base64").toString();

describe("the synthesis", () => {
  test("gives the same files, byte for byte, every time", () => {
    expect(synthesizedFiles()).toEqual(files);
  });

  test("refers from no stack to another one", () => {
    for (const file of Object.keys(files).filter((name) => name.endsWith("cdk.tf.json")))
      expect(text(file)).not.toMatch(/terraform_remote_state|TfToken\[/);
  });

  test("is no slower for stack traces that nobody reads", () => {
    const { captureStackTrace } = Error;
    try {
      skipCreationTraces();
      const noted = { stack: "" };
      Error.captureStackTrace(noted);
      expect(noted.stack).toBe("");
      expect(new Error("real errors keep theirs").stack).toContain("synthesize.test");
    } finally {
      Error.captureStackTrace = captureStackTrace;
    }
  });

  test("names no path of the machine it ran on", () => {
    for (const file of Object.keys(files)) {
      expect(text(file)).not.toContain(process.cwd());
      expect(text(file)).not.toContain(bundles);
    }
  });

  test.each(["state", "shop-fleet-staging", "shop-fleet-production", "shop-pipeline"])(
    "asks for Terraform 1.10 in %s",
    (stack) => {
      expect(text(`stacks/${stack}/versions.tf`)).toContain('required_version = ">= 1.10"');
    },
  );

  test("lists every accepted finding of checkov, and its reason beside the resource", () => {
    const baseline = JSON.parse(text("checkov-baseline.json")) as {
      failed_checks: { findings: { resource: string; check_ids: string[] }[] }[];
    };
    const findings = baseline.failed_checks.flatMap((file) => file.findings);
    expect(findings).toContainEqual({
      resource: "aws_s3_bucket.States_C1BB3AF7",
      check_ids: ["CKV_AWS_144"],
    });
    const stacks = Object.keys(files)
      .filter((file) => file.endsWith("cdk.tf.json"))
      .map(text)
      .join();
    const reasons = stacks.match(/"CKV2?_AWS_\d+": "[^"]{20,}"/g) ?? [];
    // each is listed under the two names that checkov has for a resource
    expect(findings).toHaveLength(2 * reasons.length);
  });
});
