import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClientOptions } from "../../rehearsal/cloud/cloud";
import { type CloudProcess, startCloudProcess, stopCloudProcess } from "../../rehearsal/cloud-process";
import { commandEnvironment, deployer } from "../../rehearsal/environment";
import { cacheDirectory } from "../../rehearsal/workspace";
import { accountId, region } from "./configuration";

/** The whole local cloud, gateway and emulator, as a rehearsal starts it: in a process and a folder of its own. */
export class RunningCloud {
  private constructor(
    /** For what a test puts beside the cloud; removed with it. */
    readonly directory: string,
    readonly process: CloudProcess,
  ) {}

  static async start(): Promise<RunningCloud> {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), "running-cloud-")));
    const settings = { directory: join(directory, "cloud"), cacheDirectory, accountId, region };
    return new RunningCloud(directory, await startCloudProcess({ ...settings, owner: process.pid }));
  }

  /** Options for any AWS SDK client, as the account itself. */
  get client(): ClientOptions {
    return deployer(this.process.endpoint, { region, accountId });
  }

  /** Of commands that talk to the cloud as the account itself: see rehearsal/README.md. */
  environment(terraformCliConfiguration = "", endpoint = this.process.endpoint): NodeJS.ProcessEnv {
    const outputDirectory = join(this.directory, "cdktf.out");
    return commandEnvironment({
      endpoint,
      configuration: { region, accountId },
      outputDirectory,
      terraformCliConfiguration,
    });
  }

  /** What the gateway wrote down of its own accord: failures of ours are in it. */
  log(): string {
    return readFileSync(join(this.process.directory, "cloud.log"), { encoding: "utf8", flag: "a+" });
  }

  emulatorLog(): string {
    return readFileSync(join(this.process.directory, "emulator/emulator.log"), "utf8");
  }

  async stop(): Promise<void> {
    await stopCloudProcess(this.process.pid);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
