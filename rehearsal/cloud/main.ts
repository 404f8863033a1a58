import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "../../cli/run-command";
import { assembleParts } from "./parts";
import { type PaceName, paces } from "./pace";
import { startLocalCloud } from "./local-cloud";

/**
 * The local cloud as a process of its own: it outlives the rehearsal that started it when that one asks for it.
 * It says where it listens in `cloud.json`, and ends on SIGTERM, or when its owner is gone.
 */
void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      directory: { type: "string" },
      cache: { type: "string" },
      account: { type: "string" },
      region: { type: "string" },
      owner: { type: "string" },
      pace: { type: "string", default: "rehearsal" },
    },
  });
  const directory = values.directory!;
  const cloud = await startLocalCloud(
    {
      projectDirectory: process.cwd(),
      directory,
      cacheDirectory: values.cache!,
      accountId: values.account!,
      region: values.region!,
      pace: paces[values.pace as PaceName],
    },
    assembleParts,
  );
  const file = join(directory, "cloud.json");
  writeFileSync(`${file}.new`, JSON.stringify({ endpoint: cloud.endpoint, pid: process.pid }));
  renameSync(`${file}.new`, file);

  await new Promise<void>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
    const owner = Number(values.owner);
    setInterval(() => {
      // a cloud whose folder was taken away has nothing to stand on
      if (!existsSync(directory) || (owner && !alive(owner))) resolve();
    }, 1000).unref();
  });
  await cloud.close();
  return 0;
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
