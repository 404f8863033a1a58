import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { EC2Client } from "@aws-sdk/client-ec2";
import { withdrawReleaseFunction } from "../../contract/functions";
import { clientOptions } from "../shared/clients";
import { parseExecutionEvent } from "../shared/execution-event";
import { readEnvironment } from "../shared/settings";
import { withdrawRelease } from "./withdraw-release";

const clients = {
  autoScaling: new AutoScalingClient(clientOptions),
  codePipeline: new CodePipelineClient(clientOptions),
  ec2: new EC2Client(clientOptions),
};

/** Removes what was prepared for a roll-out that will not be. After an error Lambda invokes it again. */
export async function handler(event: unknown): Promise<void> {
  const environment = readEnvironment(withdrawReleaseFunction);
  console.log(await withdrawRelease(clients, environment, parseExecutionEvent(event)));
}
