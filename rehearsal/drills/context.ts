import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { setTimeout as pause } from "node:timers/promises";
import type { ExecutionMode } from "../../config/configuration";
import type { EnvironmentNames, Names } from "../../config/names";
import type { ClientOptions } from "../cloud/cloud";
import { type FollowedExecution, type PipelineFollower } from "../pipeline-follower";
import type { ApplicationCopies } from "./application-copies";
import { demand, DrillFailure } from "./drill";
import { FleetView, instanceIds, type FleetState } from "./fleet-state";
import { type LoadGenerator, requestsPerSecond } from "./load-generator";
import { hasFailed, type LoadReport } from "./load-report";

export interface DrillSettings {
  readonly options: ClientOptions;
  readonly names: Names;
  /** The environment whose fleet is under load. */
  readonly environment: EnvironmentNames;
  readonly environmentName: string;
  readonly application: ApplicationCopies;
  readonly load: LoadGenerator;
  readonly follower: PipelineFollower;
  /** Pushes a folder as a commit. @returns its id */
  readonly push: (directory: string, message: string) => Promise<string>;
  /** Runs one of our commands as a person would. @returns its output */
  readonly command: (file: string, ...args: string[]) => Promise<string>;
  /** Deploys the pipeline with an approval before the roll-out to the environment, and as configured afterwards. */
  readonly withApproval: <T>(work: () => Promise<T>) => Promise<T>;
  readonly executionMode: ExecutionMode;
  readonly noticesTopicArn: string;
  /** Folder of the local cloud. */
  readonly cloudDirectory: string;
  /** Keeps facts beside the logs, as `<name>.json`. */
  readonly record: (name: string, facts: object) => void;
  /** A line in the drills' log. */
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A release that went its way. */
export interface Release extends FollowedExecution {
  readonly version: string;
  /** When its execution had ended: real milliseconds. */
  readonly endedAt: number;
}

/** Least share of the requests asked for that must have got through, or a drill proves nothing. */
const leastShare = 0.5;

/** What a drill acts with and looks at. */
export class DrillContext {
  readonly fleet: FleetView;
  /** The requests that count are those since then. */
  startedAt = Date.now();

  constructor(readonly settings: DrillSettings) {
    const { options, environment } = settings;
    this.fleet = new FleetView(
      new AutoScalingClient(options),
      new EC2Client(options),
      environment.autoScalingGroup,
      environment.releaseTemplate,
    );
  }

  get options(): ClientOptions {
    return this.settings.options;
  }

  get application(): ApplicationCopies {
    return this.settings.application;
  }

  /** Pushes a folder. @returns the id of the execution that took the commit */
  async begin(directory: string, message: string): Promise<string> {
    const { push, follower, signal } = this.settings;
    return follower.executionOf(await push(directory, message), signal);
  }

  async end(executionId: string): Promise<Release> {
    const { follower, signal } = this.settings;
    const execution = await follower.follow(executionId, signal);
    const version = execution.actions.find(({ output }) => output?.outputVariables?.Version)?.output
      ?.outputVariables?.Version;
    return { ...execution, version: version ?? "none", endedAt: Date.now() };
  }

  async release(directory: string, message: string): Promise<Release> {
    return this.end(await this.begin(directory, message));
  }

  /** Requests since the drill began. */
  load(): LoadReport {
    const report = this.settings.load.since(this.startedAt);
    demand(
      report.rate >= requestsPerSecond * leastShare,
      `only ${report.rate.toFixed(0)} of ${requestsPerSecond} requests a second got through: the machine is too busy for this drill`,
    );
    return report;
  }

  /** Lets some more requests through, and says what came of those after a moment. */
  async loadAfter(moment: number, seconds = 3): Promise<LoadReport> {
    await pause(seconds * 1000, undefined, { signal: this.settings.signal });
    return this.load().after(moment);
  }

  /** Looks until there is something. @throws DrillFailure when that takes too long */
  async until<T>(
    what: string,
    look: () => Promise<T | undefined> | T | undefined,
    { seconds = 120, everyMilliseconds = 250 } = {},
  ): Promise<T> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new DrillFailure(`${what}: not within ${seconds} s`);
      await pause(everyMilliseconds, undefined, { signal: this.settings.signal });
    }
  }

  /** Looks, while an execution is under way, until there is something. @throws DrillFailure when the execution fails first */
  during<T>(
    executionId: string,
    what: string,
    look: () => Promise<T | undefined> | T | undefined,
    everyMilliseconds = 250,
  ): Promise<T> {
    const { follower } = this.settings;
    const patience = { seconds: 300, everyMilliseconds };
    return this.until(
      what,
      async () => {
        const found = await look();
        if (found !== undefined) return found;
        const reason = reasonOf({ actions: await follower.actions(executionId) });
        demand(reason === "", `${what}: the release failed before that: ${reason}`);
        return undefined;
      },
      patience,
    );
  }

  /** The fleet at rest, and no alarm in the way of the next roll-out: one in ALARM would not let it begin. */
  async ready(): Promise<void> {
    await this.settled();
    const { environment, options } = this.settings;
    const AlarmNames = [environment.serverErrorsAlarm, environment.unhealthyHostsAlarm];
    await this.until("alarms over", async () => {
      const { MetricAlarms } = await new CloudWatchClient(options).send(
        new DescribeAlarmsCommand({ AlarmNames, StateValue: "ALARM" }),
      );
      return MetricAlarms?.length ? undefined : true;
    });
    this.startedAt = Date.now();
  }

  /** The fleet at rest: as many instances as it should have, in service, all of the group's version. */
  settled(seconds = 120): Promise<FleetState> {
    return this.until(
      `${this.fleet.groupName} at rest`,
      async () => {
        const state = await this.fleet.state();
        const whole = state.instances.length === state.desired;
        const alike = state.instances.every(
          ({ inService, templateVersion }) => inService && templateVersion === state.templateVersion,
        );
        return whole && alike ? state : undefined;
      },
      { seconds },
    );
  }
}

/** Why an execution failed: the messages of its failed actions. */
export function reasonOf({ actions }: Pick<FollowedExecution, "actions">): string {
  return actions
    .filter(({ status }) => status === "Failed")
    .map(({ stageName, actionName, output }) => {
      const message = output?.executionResult?.errorDetails?.message ?? "no reason was given";
      return `${stageName}/${actionName}: ${message.split("\n")[0]}`;
    })
    .join("; ");
}

/** @throws DrillFailure unless it succeeded */
export function demandSuccess(release: Release): void {
  demand(
    release.status === "Succeeded",
    `release ${release.version} ended ${release.status}: ${reasonOf(release)}`,
  );
}

/** @throws DrillFailure unless it failed, in this action, with such a reason. @returns the reason */
export function demandFailure(release: Release, action: string, reason: RegExp): string {
  demand(release.status === "Failed", `release ${release.version} ended ${release.status}, not Failed`);
  const actual = reasonOf(release);
  demand(actual.includes(`/${action}: `), `the release failed in another action than ${action}: ${actual}`);
  demand(reason.test(actual), `the reason does not match ${reason}: ${actual}`);
  return actual;
}

/** @throws DrillFailure unless no request failed */
export function demandNoFailures(load: LoadReport): void {
  demand(load.failed.length === 0, load.toString());
}

/** @throws DrillFailure unless exactly these versions answered, in this order, and every good answer came from one of them */
export function demandVersions(load: LoadReport, ...versions: readonly string[]): void {
  const nameless = load.answers.filter((answer) => !hasFailed(answer) && answer.version === undefined);
  demand(nameless.length === 0, `${nameless.length} answers do not say which version gave them`);
  const seen = load.versions.map(({ version }) => version);
  demand(
    seen.join() === versions.join(),
    `versions ${versions.join(", ")} had to answer, but ${seen.join(", ") || "none"} did`,
  );
}

/** @throws DrillFailure when the fleet is another than before, or its releases are */
export async function demandUntouched({ fleet }: DrillContext, before: FleetState): Promise<void> {
  const now = await fleet.state();
  demand(
    now.templateVersion === before.templateVersion && instanceIds(now) === instanceIds(before),
    `the fleet was ${instanceIds(before)} of version ${before.templateVersion} and is ${instanceIds(now)} of version ${now.templateVersion}`,
  );
}
