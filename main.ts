import { App } from "cdktf";
import { loadConfiguration } from "./config/load";
import { bundleFunctions } from "./lambda/bundle";
import userConfiguration from "./pipeline.config";
import { FleetStack } from "./stacks/fleet-stack";
import { PipelineStack } from "./stacks/pipeline-stack";
import { StateStack } from "./stacks/state-stack";
import { skipCreationTraces, synthesize } from "./stacks/synthesize";

const configuration = loadConfiguration(userConfiguration);
const bundles = "dist/lambda";
bundleFunctions(bundles);

skipCreationTraces();
const app = new App();
new StateStack(app, "state", configuration);
for (const environment of configuration.environments) new FleetStack(app, configuration, environment);
new PipelineStack(app, configuration, bundles);
synthesize(app);
