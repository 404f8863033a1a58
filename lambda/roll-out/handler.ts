import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { rollOutFunction } from "../../contract/functions";
import { actionHandler } from "../shared/action-handler";
import { clientOptions } from "../shared/clients";
import { RollOut, rollOutState } from "./roll-out";

const clients = {
  autoScaling: new AutoScalingClient(clientOptions),
  ec2: new EC2Client(clientOptions),
  loadBalancing: new ElasticLoadBalancingV2Client(clientOptions),
};

/** Replaces a fleet's instances and waits for it. */
export const handler = actionHandler({
  definition: rollOutFunction,
  stateFields: rollOutState,
  async run(request) {
    const rollOut = new RollOut(clients, request);
    return request.state ? rollOut.follow(request.state) : rollOut.start();
  },
});
