import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { setTimeout as pause } from "node:timers/promises";
import type { LocalAddresses } from "./cloud/addresses";
import type { ClientOptions } from "./cloud/cloud";

/** What the application says at `/`. */
export interface Greeting {
  readonly message: string;
  readonly version: string;
  readonly commit: string;
  readonly instance: string;
}

/** Instances of a group that are in service, once that are as many as it should have. @throws Error when they stay fewer */
export async function wholeFleet(
  options: ClientOptions,
  groupName: string,
  signal: AbortSignal,
  withinSeconds = 60,
): Promise<string[]> {
  for (let waited = 0; ; waited += 0.5) {
    const { desired, inService } = await lookAt(options, groupName);
    if (inService.length === desired) return inService;
    if (waited >= withinSeconds)
      throw new Error(
        `${groupName} has ${inService.length} instances in service, not ${desired}, after ${withinSeconds} s`,
      );
    await pause(500, undefined, { signal });
  }
}

async function lookAt(
  options: ClientOptions,
  groupName: string,
): Promise<{ desired: number; inService: string[] }> {
  const { AutoScalingGroups } = await new AutoScalingClient(options).send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
  );
  const [group] = AutoScalingGroups ?? [];
  const inService = (group?.Instances ?? []).filter((instance) => instance.LifecycleState === "InService");
  return {
    desired: group?.DesiredCapacity ?? 0,
    inService: inService.map((instance) => instance.InstanceId!),
  };
}

/** Asks the fleet until it answers with the version. @throws Error with what it answered last */
export async function answersWith(
  address: string,
  version: string,
  signal: AbortSignal,
  withinSeconds = 30,
): Promise<Greeting> {
  let last = "nothing";
  for (let waited = 0; waited < withinSeconds; waited += 0.25) {
    try {
      const response = await fetch(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) });
      last = await response.text();
      const greeting = JSON.parse(last) as Greeting;
      if (response.ok && greeting.version === version) return greeting;
    } catch (error) {
      signal.throwIfAborted();
      if (last === "nothing") last = String(error);
    }
    await pause(250, undefined, { signal });
  }
  throw new Error(
    `the fleet at ${address} does not answer with version ${version}; its last answer: ${last}`,
  );
}

/** URL of a fleet: of its load balancer, or of one of its instances when it has none. */
export async function fleetAddress(
  options: ClientOptions,
  groupName: string,
  outputs: Readonly<Record<string, string>>,
): Promise<string> {
  const response = await fetch(`${options.endpoint}/_local/addresses`);
  const { loadBalancers, instances } = (await response.json()) as LocalAddresses;
  const byName = outputs.Address && loadBalancers[new URL(outputs.Address).hostname];
  if (byName) return byName;
  const [instance] = (await lookAt(options, groupName)).inService;
  const url = instance && instances[instance];
  if (!url) throw new Error(`the group ${groupName} has no instance in service`);
  return url;
}
