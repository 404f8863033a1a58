import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { appendFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Cloud, RoleCredentials } from "../../cloud";

interface Line {
  readonly timestamp: number;
  readonly message: string;
}

const flushMilliseconds = 500;

/**
 * The log of one bake: a file, and a stream in CloudWatch Logs. Image Builder writes its own lines with its
 * service-linked role; lines of the machines are sent by the machines, with the instance profile's permissions. A profile
 * without them opts out of logs of the machines, as on AWS.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/monitor-cwlogs.html
 */
export class BakeLog {
  readonly file: string;
  private service: Line[] = [];
  private machine: Line[] = [];
  private sender: CloudWatchLogsClient | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly cloud: Cloud,
    readonly group: string,
    readonly stream: string,
  ) {
    const name = group.split("/").at(-1)!;
    this.file = join(cloud.directory, "imagebuilder/logs", name, `${stream.replace("/", "-")}.log`);
    this.timer = setInterval(() => void this.flush(), flushMilliseconds);
    this.timer.unref();
  }

  /** A line of the service itself. */
  say(message: string): void {
    this.service.push({ timestamp: Date.now(), message });
  }

  /** A line of a machine. */
  hear(message: string): void {
    this.machine.push({ timestamp: Date.now(), message: message || " " });
  }

  /** Lets machines send their lines, if their role may. */
  async connectMachines(credentials: RoleCredentials): Promise<void> {
    const client = new CloudWatchLogsClient(this.cloud.clientOptions(credentials));
    if (await create(client, this.group, this.stream)) this.sender = client;
    else
      this.say(
        "The instance profile may not write to the log group: logs of the machines are in their files only.",
      );
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private flush(): Promise<void> {
    this.flushing = this.flushing.then(async () => {
      const [service, machine] = [this.service, this.machine];
      this.service = [];
      this.machine = [];
      const all = [...service, ...machine].sort((left, right) => left.timestamp - right.timestamp);
      if (all.length === 0) return;
      await mkdir(dirname(this.file), { recursive: true });
      const text = all.map(({ timestamp, message }) => `${new Date(timestamp).toISOString()} ${message}\n`);
      await appendFile(this.file, text.join(""));
      if (service.length > 0) await this.put(this.cloud.backend.logs, service);
      if (this.sender && machine.length > 0) await this.put(this.sender, machine);
    });
    return this.flushing;
  }

  private async put(client: CloudWatchLogsClient, logEvents: Line[]): Promise<void> {
    try {
      if (client === this.cloud.backend.logs) await create(client, this.group, this.stream);
      await client.send(
        new PutLogEventsCommand({ logGroupName: this.group, logStreamName: this.stream, logEvents }),
      );
    } catch (error) {
      this.cloud.log("imagebuilder", `log events of ${this.group} were not taken: ${String(error)}`);
    }
  }
}

/** Both may be there already. False when the client may not make them. */
async function create(
  client: CloudWatchLogsClient,
  logGroupName: string,
  logStreamName: string,
): Promise<boolean> {
  try {
    await client.send(new CreateLogGroupCommand({ logGroupName })).catch(unlessExists);
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).catch(unlessExists);
    return true;
  } catch {
    return false;
  }
}

function unlessExists(error: unknown): void {
  if (!(error instanceof Error) || error.name !== "ResourceAlreadyExistsException") throw error;
}
