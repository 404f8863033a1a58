import type { Machine } from "../machine/machine";
import type { LaunchTemplateVersion } from "./launch-template";

export type InstanceState = "running" | "shutting-down" | "terminated" | "stopping" | "stopped";

/** An EC2 instance of ours: the emulator has its record, a machine is its life. */
export interface Instance {
  readonly id: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly subnetId: string;
  readonly privateIpAddress: string;
  readonly template: LaunchTemplateVersion;
  readonly tags: ReadonlyMap<string, string>;
  readonly launchTime: Date;
  state: InstanceState;
  /** Undefined when the image has no directory: a public base image boots to a machine without service. */
  machine: Machine | undefined;
}
