import type { BuildPhase } from "@aws-sdk/client-codebuild";
import type { Cloud } from "../cloud";
import type { BuildRecord } from "./records";

/** State and phase changes as EventBridge sees them. https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html */
export class BuildEvents {
  constructor(private readonly cloud: Cloud) {}

  state(build: BuildRecord): void {
    this.send("CodeBuild Build State Change", build, {
      "build-status": build.status,
      "current-phase": build.currentPhase,
      "current-phase-context": contextOf(build.phases.at(-1)),
    });
  }

  phase(build: BuildRecord, phase: BuildPhase): void {
    this.send("CodeBuild Build Phase Change", build, {
      "completed-phase": phase.phaseType,
      "completed-phase-status": phase.phaseStatus,
      "completed-phase-context": contextOf(phase),
      "completed-phase-duration-seconds": phase.durationInSeconds,
      "completed-phase-start": textOf(phase.startTime!),
      "completed-phase-end": textOf(phase.endTime!),
    });
  }

  private send(detailType: string, build: BuildRecord, detail: Record<string, unknown>): void {
    this.cloud.emit({
      source: "aws.codebuild",
      detailType,
      resources: [build.arn],
      detail: {
        "project-name": build.project.project.name,
        "build-id": build.arn,
        ...detail,
        "additional-information": additional(build),
        version: "1",
      },
    });
  }
}

function additional(build: BuildRecord): Record<string, unknown> {
  const { environment, source, sourceVersion, timeoutInMinutes, logsConfig } = build.settings;
  const { artifacts } = build;
  return {
    ...(artifacts
      ? {
          artifact: {
            md5sum: artifacts.md5sum,
            sha256sum: artifacts.sha256sum,
            location: artifacts.location,
          },
        }
      : {}),
    environment: {
      image: environment.image,
      "privileged-mode": environment.privilegedMode ?? false,
      "image-pull-credentials-type": environment.imagePullCredentialsType,
      "compute-type": environment.computeType,
      type: environment.type,
      "environment-variables": (environment.environmentVariables ?? []).map(({ name, type, value }) => ({
        name,
        type,
        value,
      })),
    },
    "timeout-in-minutes": timeoutInMinutes,
    "build-complete": build.endTime !== undefined,
    "build-number": build.number,
    initiator: build.initiator,
    "build-start-time": textOf(build.startTime),
    source: { type: source.type, ...(source.location ? { location: source.location } : {}) },
    ...(sourceVersion ? { "source-version": sourceVersion } : {}),
    logs: {
      "group-name": logsConfig.cloudWatchLogs?.groupName,
      "stream-name": logsConfig.cloudWatchLogs?.streamName,
    },
    phases: build.phases.map((phase) => ({
      "phase-context": phase.contexts ? [contextOf(phase)] : [],
      "start-time": textOf(phase.startTime!),
      ...(phase.endTime
        ? {
            "end-time": textOf(phase.endTime),
            "duration-in-seconds": phase.durationInSeconds,
            "phase-status": phase.phaseStatus,
          }
        : {}),
      "phase-type": phase.phaseType,
    })),
  };
}

const contextOf = (phase: BuildPhase | undefined): string =>
  `[${(phase?.contexts ?? []).map(({ statusCode, message }) => `${statusCode ?? ""}: ${message ?? ""}`).join(", ")}]`;

/** `Sep 1, 2017 4:12:29 PM`, as the service writes times in events. */
function textOf(date: Date): string {
  const day = date.toLocaleDateString("en-US", {
    timeZone: "UTC",
    month: "short",
    day: "numeric",
    year: "numeric",
  });
  const hours = date.getUTCHours();
  const [minutes, seconds] = [date.getUTCMinutes(), date.getUTCSeconds()].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${day} ${hours % 12 || 12}:${minutes}:${seconds} ${hours < 12 ? "AM" : "PM"}`;
}
