import { appendFileSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Cloud, RoleCredentials } from "../cloud";
import { PhaseFailure } from "./phase-failure";
import type { BuildRecord } from "./records";

const sendEveryMilliseconds = 500;
/** PutLogEvents takes 10,000 events and 1 MiB, and counts 26 bytes more for each. */
const batch = { events: 10_000, bytes: 1_000_000, perEvent: 26 };

/**
 * The log of a build: a file that the build's commands write to as well, whose lines go to CloudWatch Logs with the
 * project's role while the build runs, and to S3 when it has ended, where the project says so.
 */
export class BuildLog {
  private sent = 0;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();
  private secrets: readonly string[] = [];
  private logs: CloudWatchLogsClient | undefined;

  constructor(
    private readonly cloud: Cloud,
    private readonly build: BuildRecord,
    readonly file: string,
  ) {
    appendFileSync(file, "");
  }

  /** A line of the build host's own. */
  note(text: string): void {
    const time = new Date().toISOString().replace("T", " ").replace("Z", "");
    appendFileSync(this.file, `[Container] ${time} ${text}\n`);
  }

  /** Values that are replaced in what is sent. */
  hide(secrets: readonly string[]): void {
    this.secrets = secrets;
  }

  /** @throws PhaseFailure ACCESS_DENIED when the role may not write the log */
  async open(credentials: RoleCredentials): Promise<void> {
    const { cloudWatchLogs } = this.build.settings.logsConfig;
    if (cloudWatchLogs?.status === "DISABLED") return;
    const logs = new CloudWatchLogsClient(this.cloud.clientOptions(credentials));
    const stream = { logGroupName: cloudWatchLogs!.groupName, logStreamName: cloudWatchLogs!.streamName };
    try {
      await logs.send(new CreateLogStreamCommand(stream)).catch(async (error: unknown) => {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        await logs.send(new CreateLogGroupCommand({ logGroupName: stream.logGroupName }));
        await logs.send(new CreateLogStreamCommand(stream));
      });
    } catch (error) {
      logs.destroy();
      throw new PhaseFailure(
        "ACCESS_DENIED",
        `Service role ${this.build.settings.serviceRole} does not allow AWS CodeBuild to create Amazon CloudWatch Logs ` +
          `log streams for build ${this.build.arn}. Error message: ${(error as Error).message}`,
      );
    }
    this.logs = logs;
    this.timer = setInterval(() => void this.send(), sendEveryMilliseconds);
    this.timer.unref();
  }

  async close(credentials: RoleCredentials | undefined): Promise<void> {
    clearInterval(this.timer);
    await this.send(true);
    this.logs?.destroy();
    const { s3Logs } = this.build.settings.logsConfig;
    if (credentials && s3Logs?.status === "ENABLED") await this.storeInS3(credentials, s3Logs.location!);
  }

  private send(last = false): Promise<void> {
    this.sending = this.sending
      .then(() => this.sendNew(last))
      .catch((error: unknown) => this.cloud.log("codebuild", `log of ${this.build.id}: ${String(error)}`));
    return this.sending;
  }

  private async sendNew(last: boolean): Promise<void> {
    if (!this.logs) return;
    const text = await this.unsent();
    const end = last ? text.length : text.lastIndexOf("\n") + 1;
    if (end === 0) return;
    const whole = text.subarray(0, end).toString();
    const lines = whole
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => this.masked(line) || " ");
    const { groupName, streamName } = this.build.settings.logsConfig.cloudWatchLogs!;
    for (const messages of batches(lines)) {
      const timestamp = Date.now();
      await this.logs.send(
        new PutLogEventsCommand({
          logGroupName: groupName,
          logStreamName: streamName,
          logEvents: messages.map((message) => ({ timestamp, message })),
        }),
      );
    }
    this.sent += end;
  }

  private async unsent(): Promise<Buffer> {
    const file = await open(this.file);
    try {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.max(0, size - this.sent));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.sent);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  private async storeInS3(credentials: RoleCredentials, location: string): Promise<void> {
    const [bucket, ...prefix] = location.replace(/^arn:[\w-]+:s3:::/, "").split("/");
    const s3 = new S3Client({ ...this.cloud.clientOptions(credentials), forcePathStyle: true });
    const text = this.masked(await readFile(this.file, "utf8"));
    const key = [...prefix, `${this.build.uuid}.gz`].filter(Boolean).join("/");
    try {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: gzipSync(text) }));
    } catch (error) {
      this.cloud.log("codebuild", `log of ${this.build.id} to S3: ${String(error)}`);
    } finally {
      s3.destroy();
    }
  }

  private masked(text: string): string {
    return this.secrets.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  }
}

function* batches(lines: readonly string[]): Generator<string[]> {
  let messages: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line) + batch.perEvent;
    if (messages.length > 0 && (messages.length === batch.events || bytes + size > batch.bytes)) {
      yield messages;
      [messages, bytes] = [[], 0];
    }
    messages.push(line);
    bytes += size;
  }
  if (messages.length > 0) yield messages;
}
