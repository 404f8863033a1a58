import { randomUUID } from "node:crypto";
import type { CreateProjectInput, Project, UpdateProjectInput } from "@aws-sdk/client-codebuild";
import { ServiceError } from "../api/service-error";
import type { Cloud } from "../cloud";
import { checkProject } from "./project-rules";
import type { ProjectRecord } from "./records";

/** The build projects of the account. */
export class ProjectStore {
  private readonly projects = new Map<string, ProjectRecord>();

  constructor(private readonly cloud: Cloud) {}

  arnOf(name: string): string {
    return `arn:${this.cloud.partition}:codebuild:${this.cloud.region}:${this.cloud.accountId}:project/${name}`;
  }

  /** The key that AWS manages for S3, used where a project names none. */
  get defaultKey(): string {
    return `arn:${this.cloud.partition}:kms:${this.cloud.region}:${this.cloud.accountId}:alias/aws/s3`;
  }

  all(): ProjectRecord[] {
    return [...this.projects.values()];
  }

  /** By name or ARN. */
  find(nameOrArn: string): ProjectRecord | undefined {
    const name = nameOrArn.startsWith("arn:") ? nameOrArn.slice(nameOrArn.indexOf("/") + 1) : nameOrArn;
    const record = this.projects.get(name);
    return nameOrArn.startsWith("arn:") && record?.project.arn !== nameOrArn ? undefined : record;
  }

  /** @throws ServiceError ResourceNotFoundException */
  get(name: string): ProjectRecord {
    const record = this.find(name);
    if (!record)
      throw new ServiceError("ResourceNotFoundException", `Project cannot be found: ${this.arnOf(name)}`);
    return record;
  }

  create({ badgeEnabled, ...input }: CreateProjectInput): Project {
    const name = input.name!;
    if (this.projects.has(name))
      throw new ServiceError("ResourceAlreadyExistsException", `Project already exists: ${this.arnOf(name)}`);
    const now = new Date();
    const project = this.withDefaults(name, {
      ...input,
      arn: this.arnOf(name),
      created: now,
      lastModified: now,
      badge: { badgeEnabled: badgeEnabled ?? false },
      projectVisibility: "PRIVATE",
    });
    checkProject(project);
    this.projects.set(name, { project, buildNumber: 0, cacheId: randomUUID() });
    return project;
  }

  /** What is given replaces what was; what is not given stays. */
  update({ name, badgeEnabled, ...input }: UpdateProjectInput): Project {
    const record = this.get(name!);
    const given = Object.fromEntries(
      Object.entries(input).filter(([, value]) => value !== undefined && value !== null),
    );
    const project = this.withDefaults(name!, {
      ...record.project,
      ...given,
      lastModified: new Date(),
      badge: badgeEnabled === undefined ? record.project.badge : { badgeEnabled },
    });
    checkProject(project);
    record.project = project;
    return project;
  }

  delete(nameOrArn: string): void {
    const found = this.find(nameOrArn);
    if (found) this.projects.delete(found.project.name!);
  }

  private withDefaults(name: string, project: Project): Project {
    const { artifacts, environment, source } = project;
    return {
      ...project,
      name,
      encryptionKey: project.encryptionKey || this.defaultKey,
      timeoutInMinutes: project.timeoutInMinutes ?? 60,
      queuedTimeoutInMinutes: project.queuedTimeoutInMinutes ?? 480,
      cache: project.cache ?? { type: "NO_CACHE" },
      tags: project.tags ?? [],
      secondarySources: project.secondarySources ?? [],
      secondaryArtifacts: project.secondaryArtifacts ?? [],
      secondarySourceVersions: project.secondarySourceVersions ?? [],
      source: { ...source!, insecureSsl: source!.insecureSsl ?? false },
      artifacts:
        artifacts!.type === "NO_ARTIFACTS"
          ? artifacts
          : {
              ...artifacts!,
              name: artifacts!.name ?? name,
              packaging: artifacts!.packaging ?? "NONE",
              encryptionDisabled: artifacts!.encryptionDisabled ?? false,
            },
      environment: {
        ...environment!,
        environmentVariables: (environment!.environmentVariables ?? []).map((variable) => ({
          ...variable,
          type: variable.type ?? "PLAINTEXT",
        })),
        imagePullCredentialsType: environment!.imagePullCredentialsType ?? "CODEBUILD",
        privilegedMode: environment!.privilegedMode ?? false,
      },
      logsConfig: project.logsConfig && {
        cloudWatchLogs: project.logsConfig.cloudWatchLogs ?? { status: "ENABLED" },
        s3Logs: { encryptionDisabled: false, ...(project.logsConfig.s3Logs ?? { status: "DISABLED" }) },
      },
    };
  }
}
