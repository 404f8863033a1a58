import { Testing } from "cdktf";
import { FleetStack } from "../../stacks/fleet-stack";
import { PipelineStack } from "../../stacks/pipeline-stack";
import { StateStack } from "../../stacks/state-stack";
import {
  accountId,
  configuration,
  production,
  region,
  scheduledBaseImage,
  stubBundles,
} from "../support/configuration";
import { rolesOf, type SynthesizedRole } from "../support/roles";
import { synthesizeStack } from "../support/synthesized";

const settings = configuration({ environments: [production], image: scheduledBaseImage });
export const stacks = [
  synthesizeStack(new PipelineStack(Testing.app(), settings, stubBundles())),
  synthesizeStack(new FleetStack(Testing.app(), settings, production)),
  synthesizeStack(new StateStack(Testing.app(), "state", settings)),
];
export const roles = stacks.flatMap(rolesOf);
export const role = (name: string): SynthesizedRole => {
  const found = roles.find((one) => one.name === `shop-${name}`);
  if (found === undefined) throw new Error(`no role shop-${name}`);
  return found;
};
export const roleArn = (name: string, account = accountId): string =>
  `arn:aws:iam::${account}:role/shop-${name}`;
export const arn = (service: string, resource: string, account = accountId): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
