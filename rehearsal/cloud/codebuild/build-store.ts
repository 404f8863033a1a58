import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ServiceError } from "../api/service-error";
import type { Cloud } from "../cloud";
import { BuildRun } from "./build-run";
import type { BuildEvents } from "./events";
import type { BuildRecord, BuildSettings, FinalStatus, FinishedBuild, ProjectRecord } from "./records";
import type { Sources } from "./source";

/** Every build of the account, and the runs of those that have not ended. */
export class BuildStore {
  private readonly builds = new Map<string, BuildRecord>();
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    private readonly cloud: Cloud,
    private readonly sources: Sources,
    private readonly events: BuildEvents,
  ) {}

  /** newest first */
  all(): BuildRecord[] {
    return [...this.builds.values()].reverse();
  }

  /** By id or ARN. */
  find(idOrArn: string): BuildRecord | undefined {
    return this.builds.get(idOrArn.startsWith("arn:") ? idOrArn.slice(idOrArn.indexOf("/") + 1) : idOrArn);
  }

  /** @throws ServiceError ResourceNotFoundException */
  get(id: string): BuildRecord {
    const build = this.find(id);
    if (!build) throw new ServiceError("ResourceNotFoundException", `Build ${id} cannot be found`);
    return build;
  }

  delete(build: BuildRecord): void {
    this.builds.delete(build.id);
  }

  /** @throws ServiceError AccountLimitExceededException when the project runs as many builds as it may */
  start(
    project: ProjectRecord,
    settings: BuildSettings,
    initiator: string,
    previous?: BuildRecord,
  ): BuildRecord {
    const { name, concurrentBuildLimit } = project.project;
    const active = this.all().filter(
      (build) => build.project === project && build.status === "IN_PROGRESS",
    ).length;
    if (concurrentBuildLimit !== undefined && active >= concurrentBuildLimit)
      throw new ServiceError(
        "AccountLimitExceededException",
        `Cannot have more than ${concurrentBuildLimit} active builds for the project ${name}`,
      );
    const uuid = randomUUID();
    const { promise: finished, resolve } = deferred<FinishedBuild>();
    const build: BuildRecord = {
      id: `${name}:${uuid}`,
      arn: `arn:${this.cloud.partition}:codebuild:${this.cloud.region}:${this.cloud.accountId}:build/${name}:${uuid}`,
      uuid,
      project,
      settings: withLogs(settings, name!, uuid),
      initiator,
      number: ++project.buildNumber,
      startTime: new Date(),
      status: "IN_PROGRESS",
      currentPhase: "SUBMITTED",
      phases: [],
      exported: new Map(),
      secondaryArtifacts: [],
      autoRetry: previous ? { number: previous.autoRetry.number + 1, previous: previous.arn } : { number: 0 },
      ended: new AbortController(),
      finished,
    };
    this.builds.set(build.id, build);
    this.events.state(build);
    const run = this.run(build).then(resolve);
    this.running.add(run);
    void run.finally(() => this.running.delete(run));
    return build;
  }

  /** Ends builds and waits until nothing of them runs. */
  async close(): Promise<void> {
    for (const build of this.builds.values())
      if (build.status === "IN_PROGRESS") build.ended.abort("STOPPED");
    await Promise.all(this.running);
  }

  private async run(build: BuildRecord): Promise<FinishedBuild> {
    const stop = (): void => build.ended.abort("STOPPED");
    if (this.cloud.signal.aborted) stop();
    this.cloud.signal.addEventListener("abort", stop);
    const timer = setTimeout(() => build.ended.abort("TIMED_OUT"), build.settings.timeoutInMinutes * 60_000);
    const directory = join(this.cloud.directory, "codebuild", build.uuid);
    let status: FinalStatus = "FAULT";
    try {
      await mkdir(directory, { recursive: true });
      status = await new BuildRun(this.cloud, build, this.sources, this.events, directory).toEnd();
    } catch (error) {
      this.cloud.log("codebuild", `${build.id}: ${String(error)}`);
    } finally {
      clearTimeout(timer);
      this.cloud.signal.removeEventListener("abort", stop);
    }
    // the log stays; the sources may be large
    await rm(join(directory, "src"), { recursive: true, force: true }).catch(() => undefined);
    this.complete(build, status);
    this.retryItself(build);
    return { status, exportedVariables: Object.fromEntries(build.exported), reason: reasonOf(build) };
  }

  /**
   * A build that failed is tried again as often as its project or its buildspec says; a pipeline retries its stages.
   * https://docs.aws.amazon.com/codebuild/latest/userguide/auto-retry-build.html
   */
  private retryItself(build: BuildRecord): void {
    const { status, settings, autoRetry, project, initiator } = build;
    const limit = build.retriesAtMost ?? settings.autoRetryLimit;
    if (!["FAILED", "FAULT", "TIMED_OUT"].includes(status) || settings.pipeline) return;
    if (autoRetry.number >= limit || this.cloud.signal.aborted) return;
    const logsConfig = project.project.logsConfig ?? {};
    autoRetry.next = this.start(project, { ...settings, logsConfig }, initiator, build).arn;
  }

  private complete(build: BuildRecord, status: FinalStatus): void {
    build.endTime = new Date();
    build.status = status;
    build.currentPhase = "COMPLETED";
    build.phases.push({ phaseType: "COMPLETED", startTime: build.endTime });
    this.events.state(build);
  }
}

function withLogs(settings: BuildSettings, projectName: string, uuid: string): BuildSettings {
  const { cloudWatchLogs } = settings.logsConfig;
  if (cloudWatchLogs?.status === "DISABLED") return settings;
  const streamName = [cloudWatchLogs?.streamName, uuid].filter(Boolean).join("/");
  const groupName = cloudWatchLogs?.groupName ?? `/aws/codebuild/${projectName}`;
  return {
    ...settings,
    logsConfig: { ...settings.logsConfig, cloudWatchLogs: { status: "ENABLED", groupName, streamName } },
  };
}

function reasonOf({ phases }: BuildRecord): string | undefined {
  const failed = phases.find(({ phaseStatus }) => phaseStatus && phaseStatus !== "SUCCEEDED");
  const context = failed?.contexts?.[0];
  return (
    failed && `${failed.phaseType}: ${[context?.statusCode, context?.message].filter(Boolean).join(": ")}`
  );
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
