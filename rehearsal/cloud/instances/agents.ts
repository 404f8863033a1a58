import type { Cloud } from "../cloud";
import type { Authorizer } from "../gateway/authorizer";
import { cloudWatchAgentUnit } from "../machine/cloudwatch-agent-files";
import type { Machine } from "../machine/machine";
import { CloudWatchAgent } from "./cloudwatch-agent";
import { every } from "./every";
import { roleCredentials } from "./metadata-client";
import { connectAgent } from "./systems-manager-agent";
import { SystemLog } from "./system-log";

/** How often what the services wrote is looked for. */
const pollMilliseconds = 1000;

/**
 * The agents of one instance, while their units are active on it: rsyslog, CloudWatch's and Systems Manager's. They call AWS
 * with the credentials that the instance's metadata service gives.
 */
export class InstanceAgents {
  private readonly ended = new AbortController();
  private readonly systemLog: SystemLog;
  private readonly sender: CloudWatchAgent;
  private readonly life: Promise<unknown>;
  private refused = false;

  constructor(
    private readonly cloud: Cloud,
    private readonly authorizer: Authorizer,
    private readonly machine: Machine,
    private readonly metadataEndpoint: string,
  ) {
    const { root, instanceId } = machine;
    this.systemLog = new SystemLog(machine, instanceId);
    this.sender = new CloudWatchAgent(
      root,
      instanceId,
      (credentials) => cloud.clientOptions(credentials),
      () => roleCredentials(metadataEndpoint),
    );
    const signal = AbortSignal.any([this.ended.signal, cloud.signal]);
    this.life = Promise.all([
      this.register(),
      every(
        pollMilliseconds,
        signal,
        () => this.forward(),
        (error) => this.fail(error),
      ),
    ]);
  }

  /** After the machine has shut down: its last lines are sent as well. */
  async stop(): Promise<void> {
    this.ended.abort();
    await this.life;
    if (!this.cloud.signal.aborted) await this.forward(true).catch((error: unknown) => this.fail(error));
    this.sender.close();
  }

  private async register(): Promise<void> {
    if (!this.machine.isActive("amazon-ssm-agent.service")) return;
    try {
      const credentials = await roleCredentials(this.metadataEndpoint);
      if (credentials) await connectAgent(this.cloud, this.authorizer, credentials, this.machine.instanceId);
    } catch (error) {
      this.log(`the agent of Systems Manager is refused: ${(error as Error).message}`);
    }
  }

  private async forward(last = false): Promise<void> {
    this.systemLog.collect(last);
    if (!this.refused && (last || this.machine.isActive(cloudWatchAgentUnit))) await this.sender.send();
  }

  /** It would be refused again every second. */
  private fail(error: unknown): void {
    this.refused = true;
    this.log(`the CloudWatch agent sends nothing any more: ${(error as Error).message}`);
  }

  private log(text: string): void {
    if (!this.cloud.signal.aborted) this.cloud.log("ec2", `${this.machine.instanceId}: ${text}`);
  }
}
