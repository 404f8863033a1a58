import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "cdktf";
import { FleetStack } from "../../stacks/fleet-stack";
import { PipelineStack } from "../../stacks/pipeline-stack";
import { StateStack } from "../../stacks/state-stack";
import { synthesize } from "../../stacks/synthesize";
import { configuration, stubBundles } from "../support/configuration";

test("the faster synthesis writes what cdktf writes by itself, byte for byte", () => {
  const settings = configuration();
  const bundles = stubBundles();
  const stacksBy = (synth: (app: App) => void): string[] => {
    const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), "cdktf.outdir.")) });
    const state = new StateStack(app, "state", settings);
    const fleets = settings.environments.map((environment) => new FleetStack(app, settings, environment));
    const pipeline = new PipelineStack(app, settings, bundles);
    synth(app);
    return [state, ...fleets, pipeline].map(({ node }) =>
      readFileSync(path.join(app.outdir, "stacks", node.id, "cdk.tf.json"), "utf8"),
    );
  };
  expect(stacksBy(synthesize)).toEqual(stacksBy((app) => app.synth()));
});
