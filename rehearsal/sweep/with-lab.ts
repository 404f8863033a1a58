import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startCloudProcess, stopCloudProcess } from "../cloud-process";
import { deployer } from "../environment";
import { cacheDirectory } from "../workspace";
import { Lab } from "./lab";

const accountId = "111122223333";
const region = "eu-west-1";

/** A local cloud in which nothing waits longer than it must, for as long as `use` needs it. */
export async function withLab<T>(use: (lab: Lab) => Promise<T>): Promise<T> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "faults-")));
  try {
    // the bundles that Terraform deploys
    await promisify(execFile)(process.execPath, ["run.mjs", "lambda/bundle.ts"]);
    const cloud = await startCloudProcess({
      directory: join(directory, "cloud"),
      cacheDirectory,
      accountId,
      region,
      owner: process.pid,
      pace: "fast",
    });
    try {
      const lab = new Lab({
        accountId,
        directory: cloud.directory,
        bundles: "dist/lambda",
        options: deployer(cloud.endpoint, { region, accountId }),
      });
      await lab.prepare();
      return await use(lab);
    } finally {
      await stopCloudProcess(cloud.pid);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
