import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What a machine's CloudWatch agent was told to do. Its control program writes it, the agent reads it. */
export const cloudWatchAgentUnit = "amazon-cloudwatch-agent.service";

/** One file that the agent sends to a log stream. */
export interface CollectedFile {
  readonly file_path: string;
  readonly log_group_name: string;
  /** With `{instance_id}` where the instance's id goes. */
  readonly log_stream_name: string;
}

const folderOf = (root: string): string =>
  join(root, "opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d");

/** @throws SyntaxError when the file holds no JSON */
export function addConfiguration(root: string, file: string): void {
  const text = readFileSync(file, "utf8");
  JSON.parse(text);
  mkdirSync(folderOf(root), { recursive: true });
  writeFileSync(join(folderOf(root), `file_${basename(file)}`), text);
}

export function removeConfigurations(root: string): void {
  rmSync(folderOf(root), { recursive: true, force: true });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html */
export function collectedFiles(root: string): CollectedFile[] {
  const folder = folderOf(root);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const { logs } = JSON.parse(readFileSync(join(folder, name), "utf8")) as {
      readonly logs?: { logs_collected?: { files?: { collect_list?: readonly CollectedFile[] } } };
    };
    return [...(logs?.logs_collected?.files?.collect_list ?? [])];
  });
}
