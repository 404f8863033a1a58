import type {
  Build,
  BuildPhase,
  BuildPhaseType,
  EnvironmentVariable,
  Project,
  StatusType,
} from "@aws-sdk/client-codebuild";

/** A project, with what BatchGetProjects does not show. */
export interface ProjectRecord {
  project: Project;
  buildNumber: number;
  /** Folder of the cache below its location; InvalidateProjectCache makes a new one. */
  cacheId: string;
}

/** Where a build for a pipeline finds its source and leaves its artifact. */
export interface PipelinePlaces {
  readonly source: {
    readonly bucket: string;
    readonly key: string;
    /** Of the object. */
    readonly versionId?: string;
    /** Of what is in it: the commit. */
    readonly version?: string;
  };
  readonly output?: { readonly bucket: string; readonly key: string; readonly kmsKeyId?: string };
}

export type FinalStatus = "SUCCEEDED" | "FAILED" | "STOPPED" | "TIMED_OUT" | "FAULT";

export interface FinishedBuild {
  readonly status: FinalStatus;
  readonly exportedVariables: Readonly<Record<string, string>>;
  /** Phase and message of what failed, as the build's phase contexts say it. */
  readonly reason?: string;
}

/** One build: what the API shows, and what its run needs. */
export interface BuildRecord {
  readonly id: string;
  readonly arn: string;
  readonly uuid: string;
  readonly project: ProjectRecord;
  /** with the project's settings and every override merged */
  readonly settings: BuildSettings;
  readonly initiator: string;
  readonly number: number;
  readonly startTime: Date;
  endTime?: Date;
  status: StatusType;
  currentPhase: BuildPhaseType;
  readonly phases: BuildPhase[];
  resolvedSourceVersion?: string;
  readonly exported: Map<string, string>;
  artifacts?: Build["artifacts"];
  secondaryArtifacts: NonNullable<Build["secondaryArtifacts"]>;
  /** What the buildspec says about a failure: it wins over the project's limit. */
  retriesAtMost?: number;
  readonly autoRetry: { readonly number: number; readonly previous?: string; next?: string };
  /** Ends the build early: the reason is its final status. */
  readonly ended: AbortController;
  readonly finished: Promise<FinishedBuild>;
}

export interface BuildSettings {
  readonly source: NonNullable<Project["source"]>;
  readonly sourceVersion: string | undefined;
  readonly secondarySources: NonNullable<Project["secondarySources"]>;
  readonly secondarySourceVersions: NonNullable<Project["secondarySourceVersions"]>;
  readonly artifacts: NonNullable<Project["artifacts"]>;
  readonly secondaryArtifacts: NonNullable<Project["secondaryArtifacts"]>;
  readonly environment: NonNullable<Project["environment"]>;
  /** StartBuild's, which win over the project's */
  readonly variableOverrides: readonly EnvironmentVariable[];
  readonly cache: NonNullable<Project["cache"]>;
  readonly logsConfig: NonNullable<Project["logsConfig"]>;
  readonly serviceRole: string;
  readonly encryptionKey: string;
  readonly timeoutInMinutes: number;
  readonly queuedTimeoutInMinutes: number;
  /** How often a build that failed is tried again by itself. */
  readonly autoRetryLimit: number;
  readonly pipeline: PipelinePlaces | undefined;
}
