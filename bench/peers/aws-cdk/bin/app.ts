import { App, Tags } from "aws-cdk-lib";
import { FleetStack } from "../lib/fleet-stack";
import { PipelineStack } from "../lib/pipeline-stack";
import { settings } from "../lib/settings";
import { StateStack } from "../lib/state-stack";

/** The stacks of main.ts as an AWS CDK application; CDK_OUTDIR says where the templates go. */
const app = new App({ analyticsReporting: false });
const env = { account: settings.accountId, region: settings.region };
new StateStack(app, "state", { env });
for (const environment of settings.environments)
  new FleetStack(app, `${settings.name}-fleet-${environment.name}`, { env, environment });
new PipelineStack(app, `${settings.name}-pipeline`, {
  env,
  bundles: process.env["BUNDLES"] ?? "dist/lambda",
});
Tags.of(app).add("Application", settings.name);
app.synth();
