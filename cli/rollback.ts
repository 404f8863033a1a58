import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { loadConfiguration } from "../config/load";
import { Names } from "../config/names";
import pipelineConfig from "../pipeline.config";
import { checkAccount, clientOptions } from "./aws";
import { FleetRollback } from "./fleet-rollback";
import { parseRollback } from "./rollback-arguments";
import { runCommand } from "./run-command";

/**
 * `npm run rollback -- ENVIRONMENT [VERSION]` brings an earlier release back, by default the one before, through an
 * instance refresh like the pipeline's. The next commit is released as ever.
 */
void runCommand(async () => {
  const configuration = loadConfiguration(pipelineConfig);
  const environments = configuration.environments.map(({ name }) => name);
  const { environment, version } = parseRollback(process.argv.slice(2), environments);
  await checkAccount(configuration);
  const options = clientOptions(configuration);
  const clients = {
    autoScaling: new AutoScalingClient(options),
    cloudWatch: new CloudWatchClient(options),
    ec2: new EC2Client(options),
    lambda: new LambdaClient(options),
  };
  const names = new Names(configuration).environment(environment);
  const settings = { names, say: (line: string) => console.log(line), pauseMilliseconds: 2000 };
  await new FleetRollback(clients, settings).perform(version);
});
