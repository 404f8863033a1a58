import type { Build } from "@aws-sdk/client-codebuild";
import type { Cloud } from "../cloud";
import type { BuildRecord } from "./records";

/** A build as the API shows it. */
export function buildView(cloud: Cloud, build: BuildRecord): Build {
  const { settings } = build;
  const variables = new Map(
    [...(settings.environment.environmentVariables ?? []), ...settings.variableOverrides].map((variable) => [
      variable.name!,
      { ...variable, type: variable.type ?? "PLAINTEXT" },
    ]),
  );
  const { cloudWatchLogs, s3Logs } = settings.logsConfig;
  const written = cloudWatchLogs?.status === "ENABLED";
  const { groupName, streamName } = cloudWatchLogs ?? {};
  return {
    id: build.id,
    arn: build.arn,
    buildNumber: build.number,
    startTime: build.startTime,
    endTime: build.endTime,
    currentPhase: build.currentPhase,
    buildStatus: build.status,
    sourceVersion: settings.sourceVersion,
    resolvedSourceVersion: build.resolvedSourceVersion,
    projectName: build.project.project.name,
    phases: [...build.phases],
    source: settings.source,
    secondarySources: settings.secondarySources,
    secondarySourceVersions: settings.secondarySourceVersions,
    artifacts: build.artifacts ?? { location: "" },
    secondaryArtifacts: build.secondaryArtifacts,
    cache: settings.cache,
    environment: { ...settings.environment, environmentVariables: [...variables.values()] },
    serviceRole: settings.serviceRole,
    logs: {
      ...(written
        ? {
            groupName,
            streamName,
            deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=${cloud.region}#logEvent:group=${groupName};stream=${streamName}`,
            cloudWatchLogsArn: `arn:${cloud.partition}:logs:${cloud.region}:${cloud.accountId}:log-group:${groupName}:log-stream:${streamName}`,
          }
        : {}),
      cloudWatchLogs,
      s3Logs: s3Logs ?? { status: "DISABLED", encryptionDisabled: false },
    },
    timeoutInMinutes: settings.timeoutInMinutes,
    queuedTimeoutInMinutes: settings.queuedTimeoutInMinutes,
    buildComplete: build.endTime !== undefined,
    initiator: build.initiator,
    encryptionKey: settings.encryptionKey,
    exportedEnvironmentVariables: [...build.exported].map(([name, value]) => ({ name, value })),
    reportArns: [],
    autoRetryConfig: {
      autoRetryLimit: build.retriesAtMost ?? settings.autoRetryLimit,
      autoRetryNumber: build.autoRetry.number,
      nextAutoRetry: build.autoRetry.next,
      previousAutoRetry: build.autoRetry.previous,
    },
  };
}
