import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildPhaseType } from "@aws-sdk/client-codebuild";
import type { Cloud, RoleCredentials } from "../cloud";
import { uploadArtifact } from "./artifacts";
import { checkBucketOwners } from "./bucket-owner";
import { BuildLog } from "./build-log";
import {
  type Buildspec,
  BuildspecError,
  notCarriedOut,
  parseBuildspec,
  type PhaseName,
  type PhaseSpec,
} from "./buildspec";
import { BuildCache } from "./cache";
import type { BuildEvents } from "./events";
import { gitCredentialHelper } from "./git-credentials";
import { hostEnvironment } from "./host-environment";
import type { OnFailure } from "./on-failure";
import { PhaseFailure } from "./phase-failure";
import { PhaseTracker } from "./phase-tracker";
import type { BuildRecord, FinalStatus } from "./records";
import { Shell } from "./shell";
import type { Sources } from "./source";
import { serviceVariables, userVariables } from "./variables";

/**
 * One build from SUBMITTED to COMPLETED.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
 */
export class BuildRun {
  private readonly folders: { readonly own: string; readonly source: string; readonly home: string };
  private readonly log: BuildLog;
  private readonly tracker: PhaseTracker;
  private readonly cache: BuildCache;
  private credentials: RoleCredentials | undefined;
  private buildspec: Buildspec | undefined;
  private shell: Shell | undefined;
  private readonly secondary = new Map<string, string>();

  /** @param directory exists, and is the build's alone */
  constructor(
    private readonly cloud: Cloud,
    private readonly build: BuildRecord,
    private readonly sources: Sources,
    events: BuildEvents,
    directory: string,
  ) {
    this.folders = {
      own: directory,
      source: join(directory, "src"),
      home: join(cloud.cacheDirectory, "build-home"),
    };
    this.log = new BuildLog(cloud, build, join(directory, "build.log"));
    const note = (text: string): void => this.log.note(text);
    this.tracker = new PhaseTracker(build, events, note);
    this.cache = new BuildCache(cloud, build, this.folders, note);
  }

  async toEnd(): Promise<FinalStatus> {
    const { ended } = this.build;
    const end = (): void => this.shell?.kill();
    ended.signal.addEventListener("abort", end);
    let succeeded = false;
    try {
      succeeded = (await this.prepare()) && (await this.runPhases());
      if (!this.tracker.early) await this.tracker.run("FINALIZING", async () => undefined);
    } finally {
      ended.signal.removeEventListener("abort", end);
      end();
      await this.log.close(this.credentials);
    }
    if (this.tracker.early) return this.tracker.early;
    if (succeeded) return "SUCCEEDED";
    return this.build.phases.some(({ phaseStatus }) => phaseStatus === "FAULT") ? "FAULT" : "FAILED";
  }

  /** Everything before the first command. */
  private async prepare(): Promise<boolean> {
    const { cloud, build } = this;
    const steps: [BuildPhaseType, () => Promise<void>][] = [
      [
        "SUBMITTED",
        async () => {
          this.credentials = await this.assumeRole();
          await this.log.open(this.credentials);
        },
      ],
      ["QUEUED", async () => undefined],
      [
        "PROVISIONING",
        async () => {
          await mkdir(this.folders.home, { recursive: true });
          await mkdir(join(this.folders.own, "shell"), { recursive: true });
        },
      ],
      ["DOWNLOAD_SOURCE", () => this.downloadSource()],
    ];
    this.log.note(`Build ${build.id} of ${cloud.region} starts on the local cloud`);
    for (const [type, step] of steps) if (!(await this.step(type, step))) return false;
    return true;
  }

  private step(type: BuildPhaseType, work: () => Promise<void>): Promise<boolean> {
    return this.tracker.early ? Promise.resolve(false) : this.tracker.run(type, work);
  }

  private async assumeRole(): Promise<RoleCredentials> {
    const { serviceRole } = this.build.settings;
    try {
      return await this.cloud.assumeRole(
        serviceRole,
        "codebuild.amazonaws.com",
        `AWSCodeBuild-${this.build.uuid}`,
      );
    } catch (error) {
      throw new PhaseFailure(
        "ACCESS_DENIED",
        `CodeBuild is not authorized to perform: sts:AssumeRole on service role ${serviceRole}: ${(error as Error).message}`,
      );
    }
  }

  private async downloadSource(): Promise<void> {
    const { build, sources, folders } = this;
    const { source, sourceVersion, pipeline, secondarySources, secondarySourceVersions } = build.settings;
    const credentials = this.credentials!;
    await checkBucketOwners(this.cloud, credentials, build.settings);
    build.resolvedSourceVersion = await sources.download(credentials, {
      source,
      version: sourceVersion,
      directory: folders.source,
      pipeline,
    });
    for (const other of secondarySources) {
      const identifier = other.sourceIdentifier!;
      const directory = join(folders.own, `src-${identifier}`);
      const version = secondarySourceVersions.find(
        (entry) => entry.sourceIdentifier === identifier,
      )?.sourceVersion;
      await sources.download(credentials, { source: other, version, directory, pipeline: undefined });
      this.secondary.set(identifier, directory);
    }
    this.buildspec = await this.readBuildspec(source.buildspec);
    for (const text of notCarriedOut(this.buildspec))
      this.log.note(`Not carried out by the local cloud: ${text}`);
    const { values, secrets } = await userVariables(this.cloud, credentials, build, this.buildspec);
    this.log.hide(secrets);
    this.shell = new Shell({
      directory: join(folders.own, "shell"),
      workingDirectory: folders.source,
      logFile: this.log.file,
      posix: this.buildspec.env?.shell !== "bash",
      environment: {
        ...hostEnvironment(),
        ...serviceVariables(this.cloud, credentials, build, { ...folders, secondary: this.secondary }),
        ...(this.buildspec.env?.["git-credential-helper"] ? await gitCredentialHelper(folders.own) : {}),
        ...values,
      },
    });
    if (this.cache.enabled && this.buildspec.cache?.paths) await this.cache.restore(credentials);
  }

  /** The buildspec stands in the project, or names a file of the source. */
  private async readBuildspec(given: string | undefined): Promise<Buildspec> {
    try {
      if (given?.includes("\n")) return parseBuildspec(given);
      const file = join(this.folders.source, given || "buildspec.yml");
      const text = await readFile(file, "utf8").catch(() => {
        throw new BuildspecError(`stat ${file}: no such file or directory`);
      });
      return parseBuildspec(text);
    } catch (error) {
      if (error instanceof BuildspecError) throw new PhaseFailure("YAML_FILE_ERROR", error.message);
      throw error;
    }
  }

  private async runPhases(): Promise<boolean> {
    const { phases } = this.buildspec!;
    let succeeding = true;
    for (const name of ["install", "pre_build", "build", "post_build"] as const) {
      const ok = await this.step(name.toUpperCase() as BuildPhaseType, () =>
        this.commands(name, phases[name] ?? {}),
      );
      if (this.tracker.early) return false;
      if (ok) continue;
      succeeding = false;
      await this.shell!.set("CODEBUILD_BUILD_SUCCEEDING", "0");
      // a failed build phase is still followed by post_build; every other one ends the build, unless told otherwise
      const onFailure = phases[name]?.["on-failure"] ?? { kind: name === "build" ? "CONTINUE" : "ABORT" };
      if (onFailure.kind === "RETRY") this.build.retriesAtMost = retriesAfter(onFailure, this.build);
      if (onFailure.kind !== "CONTINUE") return this.exportVariables(false);
    }
    await this.exportVariables(succeeding);
    const uploaded = await this.step("UPLOAD_ARTIFACTS", () => this.uploadArtifacts());
    const succeeded = succeeding && uploaded && !this.tracker.early;
    const paths = this.buildspec!.cache?.paths;
    if (succeeded && this.cache.enabled && paths) await this.cache.store(this.credentials!, paths);
    return succeeded;
  }

  private async commands(name: PhaseName, { commands, finally: last, ...phase }: PhaseSpec): Promise<void> {
    this.log.note(`Entering phase ${name.toUpperCase()}`);
    for (const [runtime, version] of Object.entries(phase["runtime-versions"] ?? {}))
      this.log.note(`Runtime ${runtime} ${version}: the one of this machine is used`);
    let failure: PhaseFailure | undefined;
    try {
      await this.inOrder(commands ?? []);
    } catch (error) {
      failure = error as PhaseFailure;
    }
    if (!this.tracker.early) await this.inOrder(last ?? []);
    if (failure) throw failure;
  }

  private async inOrder(commands: readonly string[]): Promise<void> {
    for (const command of commands) {
      if (this.tracker.early) return;
      this.log.note(`Running command ${command}`);
      const status = await this.shell!.run(command);
      if (this.tracker.early) return;
      if (status === 0) continue;
      this.log.note(`Command did not exit successfully ${command} exit status ${status}`);
      throw new PhaseFailure(
        "COMMAND_EXECUTION_ERROR",
        `Error while executing command: ${command}. Reason: exit status ${status}`,
      );
    }
  }

  private async exportVariables(result: boolean): Promise<boolean> {
    const names = this.buildspec!.env?.["exported-variables"] ?? [];
    for (const [name, value] of await this.shell!.values(names)) this.build.exported.set(name, value);
    return result;
  }

  private async uploadArtifacts(): Promise<void> {
    const { build, buildspec, folders, shell } = this;
    const common = {
      build,
      credentials: this.credentials!,
      sourceDirectory: folders.source,
      expand: (text: string) => shell!.expand(text),
    };
    const { artifacts, secondaryArtifacts } = build.settings;
    const spec = buildspec!.artifacts;
    if (artifacts.type !== "NO_ARTIFACTS" && spec?.files)
      build.artifacts = await uploadArtifact(this.cloud, { ...common, settings: artifacts, spec });
    for (const settings of secondaryArtifacts) {
      const own = spec?.["secondary-artifacts"]?.[settings.artifactIdentifier!];
      if (!own)
        throw new PhaseFailure(
          "CLIENT_ERROR",
          `the buildspec has no secondary artifact ${settings.artifactIdentifier}`,
        );
      build.secondaryArtifacts.push(await uploadArtifact(this.cloud, { ...common, settings, spec: own }));
    }
  }
}

/** How often a build whose phase has just failed may be tried again; the message decides. */
function retriesAfter(
  { times, message }: Extract<OnFailure, { kind: "RETRY" }>,
  { phases }: BuildRecord,
): number {
  return message.test(phases.at(-1)?.contexts?.[0]?.message ?? "") ? times : 0;
}
