import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import type { ClientOptions, RoleCredentials } from "../cloud";
import { collectedFiles, type CollectedFile } from "../machine/cloudwatch-agent-files";
import { MachinePaths } from "../machine/machine-paths";
import { Tail } from "./tail";

interface Collected {
  readonly tail: Tail;
  readonly group: string;
  readonly stream: string;
}

/** Renewed long before they expire, which instances' credentials do after an hour. */
const credentialsMilliseconds = 10 * 60_000;
/** PutLogEvents takes up to 10,000 events. */
const largestBatch = 1000;

/** What the CloudWatch agent of an instance does with the files that its configuration names. */
export class CloudWatchAgent {
  private readonly collected = new Map<string, Collected>();
  private readonly made = new Set<string>();
  private readonly paths: MachinePaths;
  private client: CloudWatchLogsClient | undefined;
  private clientSince = 0;

  constructor(
    private readonly root: string,
    private readonly instanceId: string,
    private readonly clientOptions: (credentials: RoleCredentials) => ClientOptions,
    private readonly credentials: () => Promise<RoleCredentials | undefined>,
  ) {
    this.paths = new MachinePaths(root);
  }

  /** Sends what is new. @throws the service's error */
  async send(): Promise<void> {
    for (const file of collectedFiles(this.root)) {
      const { tail, group, stream } = this.collect(file);
      const lines = tail.newLines();
      for (let start = 0; start < lines.length; start += largestBatch)
        await this.put(group, stream, lines.slice(start, start + largestBatch));
    }
  }

  close(): void {
    this.client?.destroy();
  }

  private collect(file: CollectedFile): Collected {
    const key = JSON.stringify(file);
    const known = this.collected.get(key) ?? {
      tail: new Tail(this.paths.inRoot(file.file_path)),
      group: file.log_group_name,
      stream: file.log_stream_name.replaceAll("{instance_id}", this.instanceId),
    };
    this.collected.set(key, known);
    return known;
  }

  private async put(logGroupName: string, logStreamName: string, lines: readonly string[]): Promise<void> {
    const client = await this.connect();
    if (!client) return;
    if (!this.made.has(`${logGroupName} ${logStreamName}`)) {
      await client
        .send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
        .catch((error: unknown) => {
          if (!(error instanceof ResourceAlreadyExistsException)) throw error;
        });
      this.made.add(`${logGroupName} ${logStreamName}`);
    }
    const timestamp = Date.now();
    const logEvents = lines.map((message) => ({ timestamp, message }));
    await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }

  private async connect(): Promise<CloudWatchLogsClient | undefined> {
    if (this.client && Date.now() - this.clientSince < credentialsMilliseconds) return this.client;
    const credentials = await this.credentials();
    this.client?.destroy();
    this.client = credentials && new CloudWatchLogsClient(this.clientOptions(credentials));
    this.clientSince = Date.now();
    return this.client;
  }
}
