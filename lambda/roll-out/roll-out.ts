import type { AutoScalingClient, InstanceRefresh } from "@aws-sdk/client-auto-scaling";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { oldestJobSeconds, type rollOutFunction } from "../../contract/functions";
import { configurationError, jobFailed, type ActionFailure } from "../shared/action-failure";
import type { Request, Result } from "../shared/action-handler";
import { clientToken } from "../shared/client-token";
import { reasonOf } from "../shared/errors";
import { eventually } from "../shared/eventually";
import { LaunchTemplate } from "../shared/launch-template";
import { checkForm } from "../shared/settings";
import { isUnderWay, usersOf } from "../shared/version-users";
import { Group } from "./group";
import { parsePreferences, reasonOfRefresh, Refreshes } from "./refresh";

/** What a roll-out waits for: a refresh, by its id, or the start of a fleet until a deadline. */
export const rollOutState = ["phase", "refreshId", "deadline"] as const;
type State = (typeof rollOutState)[number];
export type RollOutRequest = Request<typeof rollOutFunction, State>;
export type RollOutResult = Result<typeof rollOutFunction, State>;

/** Version of the release template that Terraform makes: it has no release in it. */
const unreleasedVersion = "1";
/** Time that a fleet gets until all its instances are in service and healthy. */
const startMilliseconds = 30 * 60 * 1000;
/** Within this time a job may be delivered again: as late as Lambda may, and the minute of a run after that. */
const redeliveryMilliseconds = (oldestJobSeconds + 60) * 1000;
/** Reported where there was nothing to refresh: output variables are never left out. */
const noRefresh = "none";

export interface Clients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
}

/** One roll-out of a release to a fleet. */
export class RollOut {
  private readonly group: Group;
  private readonly template: LaunchTemplate;
  private readonly refreshes: Refreshes;
  private readonly version: string;

  constructor(
    private readonly clients: Clients,
    private readonly request: RollOutRequest,
    private readonly now: () => number = Date.now,
  ) {
    const { autoScaling, ec2, loadBalancing } = clients;
    const { AUTO_SCALING_GROUP: name, RELEASE_TEMPLATE: template } = request.environment;
    this.version = checkForm(
      "LaunchTemplateVersion",
      request.parameters.LaunchTemplateVersion,
      /^\d+$/,
      "a version number",
    );
    this.group = new Group(autoScaling, loadBalancing, name, template);
    this.template = new LaunchTemplate(ec2, template);
    this.refreshes = new Refreshes(autoScaling, {
      group: name,
      launchTemplate: template,
      version: this.version,
    });
  }

  async start(): Promise<RollOutResult> {
    const group = await this.group.describe();
    const adopted = await this.refreshes.underWay();
    if (adopted) return this.refreshing(adopted, "goes on");
    await this.checkVersion();
    const ended = await this.refreshes.endedSince(this.now() - redeliveryMilliseconds);
    if (ended) return this.refreshing(ended, "has ended");
    const current = group.LaunchTemplate?.Version;
    if (current === this.version && group.DesiredCapacity) return this.starting(group.DesiredCapacity);
    if (group.DesiredCapacity) {
      const preferences = parsePreferences(this.request.environment.REFRESH_PREFERENCES);
      return this.refreshing(await this.refreshes.start(preferences), "has begun");
    }
    if (current !== unreleasedVersion) return this.stayStopped();
    const capacity = this.initialCapacity();
    await this.group.take(this.version, capacity);
    return this.starting(capacity);
  }

  follow(state: Readonly<Record<State, string>>): Promise<RollOutResult> {
    if (state.phase === "starting") return this.followStart(Number(state.deadline));
    if (state.phase === "refreshing") return this.followRefresh(state.refreshId);
    throw configurationError(
      `the continuation token has the phase "${state.phase}"; allowed: starting, refreshing`,
    );
  }

  /** A group that was stopped on purpose takes the release for when it is started, and stays at zero. */
  private async stayStopped(): Promise<RollOutResult> {
    await this.group.take(this.version);
    return this.succeed(noRefresh, `${this.what} is taken by ${this.group.name}, which stays stopped`);
  }

  private async followStart(deadline: number): Promise<RollOutResult> {
    const group = await this.group.describe();
    const desired = group.DesiredCapacity ?? 0;
    const healthy = await this.group.serving(group, this.version);
    // an answer that does not know the version that the group was given does not know its size either
    if (group.LaunchTemplate?.Version === this.version && healthy >= desired)
      return this.succeed(noRefresh, `${this.what} runs on ${healthy} instances of ${this.group.name}`);
    if (this.now() < deadline) return this.starting(desired, deadline, healthy);
    const reason = `${healthy} of ${desired} instances of ${this.group.name} are in service and healthy in time`;
    const failure = jobFailed(
      `${this.what}: only ${reason}; newest activity: ${await this.group.newestActivity()}`,
    );
    // nothing was ever released here: back to how Terraform made it
    if ((await this.template.defaultVersion()) === unreleasedVersion)
      await this.group.take(unreleasedVersion, 0);
    throw await this.refuse(failure);
  }

  private async followRefresh(id: string): Promise<RollOutResult> {
    const refresh = await this.refreshes.find(id);
    if (isUnderWay(refresh)) return this.refreshing(id, progressOf(refresh), refresh.PercentageComplete);
    if (refresh.Status === "Successful") return this.succeed(id, `${this.what} serves in ${this.group.name}`);
    throw await this.refuse(jobFailed(`${this.what}: ${reasonOfRefresh(refresh)}`, id));
  }

  private async succeed(InstanceRefreshId: string, summary: string): Promise<RollOutResult> {
    await this.template.makeDefault(this.version, clientToken(this.request.attempt, "default-version"));
    return { outputs: { InstanceRefreshId }, summary, externalExecutionId: InstanceRefreshId };
  }

  /** Deletes the refused version, unless something still stands on it. @returns the failure, to be thrown */
  private async refuse(failure: ActionFailure): Promise<ActionFailure> {
    const name = `${this.template.name}:${this.version}`;
    try {
      const inUse = await usersOf(this.version, this.clients.autoScaling, this.group.name, this.template);
      if (inUse) console.log(`launch template version ${name} is kept: ${inUse}`);
      else await this.template.delete(this.version);
    } catch (error) {
      console.error(`launch template version ${name} is left behind: ${reasonOf(error)}`);
    }
    return failure;
  }

  /** After a refused roll-out its version is gone, and a retry has to begin with a new one. */
  private async checkVersion(): Promise<void> {
    const { Version } = this.request.parameters;
    const name = `launch template version ${this.template.name}:${this.version}`;
    const found = await eventually(() => this.template.find(this.version));
    if (!found)
      throw jobFailed(`${name} does not exist; was it refused before? retry all actions of the stage`);
    if (found.VersionDescription !== Version)
      throw jobFailed(`${name} is release "${found.VersionDescription ?? ""}", not ${Version}`);
  }

  private initialCapacity(): number {
    const { DESIRED_CAPACITY } = this.request.environment;
    return Number(checkForm("DESIRED_CAPACITY", DESIRED_CAPACITY, /^[1-9]\d*$/, "a whole number from 1"));
  }

  private refreshing(refreshId: string, how: string, percentComplete?: number): RollOutResult {
    return {
      state: { phase: "refreshing", refreshId, deadline: "" },
      summary: `refresh ${refreshId} of ${this.group.name} to ${this.what} ${how}`,
      externalExecutionId: refreshId,
      percentComplete,
    };
  }

  private starting(desired: number, deadline = this.now() + startMilliseconds, healthy = 0): RollOutResult {
    return {
      state: { phase: "starting", refreshId: "", deadline: String(deadline) },
      summary: `${this.group.name} starts with ${this.what}: ${healthy} of ${desired} instances are healthy`,
    };
  }

  private get what(): string {
    return `release ${this.request.parameters.Version}`;
  }
}

function progressOf({ Status, PercentageComplete = 0, StatusReason }: InstanceRefresh): string {
  return `is ${Status}, ${PercentageComplete} percent${StatusReason ? `: ${StatusReason}` : ""}`;
}
