import { App } from "cdktf";
import type { Configuration } from "../../config/configuration";
import { loadConfiguration } from "../../config/load";
import { bundleFunctions } from "../../lambda/bundle";
import userConfiguration from "../../pipeline.config";
import { FleetStack } from "../../stacks/fleet-stack";
import { PipelineStack } from "../../stacks/pipeline-stack";
import { StateStack } from "../../stacks/state-stack";
import { skipCreationTraces, synthesize } from "../../stacks/synthesize";

/**
 * main.ts with any number of environments: its first one again and again. `loadConfiguration` refuses more than fit into
 * the 50 stages that CodePipeline allows, so they are added after it.
 */
const configuration = withEnvironments(loadConfiguration(userConfiguration), Number(process.argv[2]));
const bundles = "dist/lambda";
bundleFunctions(bundles);

skipCreationTraces();
const app = new App();
new StateStack(app, "state", configuration);
for (const environment of configuration.environments) new FleetStack(app, configuration, environment);
new PipelineStack(app, configuration, bundles);
synthesize(app);

function withEnvironments(configuration: Configuration, count: number): Configuration {
  const [first] = configuration.environments;
  const environments = Array.from({ length: count }, (_, index) => ({ ...first!, name: `e${index + 1}` }));
  return { ...configuration, environments };
}
