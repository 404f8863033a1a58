import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeptCloud, stopCloudProcess } from "../../rehearsal/cloud-process";

const endpoint = "http://127.0.0.1:4566";
let cache: string;
let directory: string;
let kept: KeptCloud;
const children: ChildProcess[] = [];

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "kept-cloud-test-"));
  directory = join(cache, "run");
  mkdirSync(directory);
  kept = new KeptCloud(cache);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(cache, { recursive: true, force: true });
});

/** A process that stands for a cloud, once it is up. */
async function cloud(): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log('up')"]);
  children.push(child);
  await once(child.stdout, "data");
  return child as ChildProcess & { pid: number };
}

async function endedCloud(): Promise<number> {
  const child = await cloud();
  child.kill("SIGKILL");
  await once(child, "exit");
  return child.pid;
}

describe("a cloud that was left up", () => {
  it("is ended, and its folder is gone", async () => {
    const child = await cloud();
    kept.remember({ endpoint, pid: child.pid, directory });
    await expect(new KeptCloud(cache).end()).resolves.toBe(endpoint);
    expect(child.signalCode).toBe("SIGTERM");
    expect(readdirSync(cache)).toEqual([]);
  });

  it("is forgotten when its process has ended meanwhile", async () => {
    kept.remember({ endpoint, pid: await endedCloud(), directory });
    await expect(kept.end()).resolves.toBeUndefined();
    expect(readdirSync(cache)).toEqual([]);
  });

  it("has ended when its folder is gone: the process of its id is another one", async () => {
    const child = await cloud();
    kept.remember({ endpoint, pid: child.pid, directory: join(cache, "gone") });
    await expect(kept.end()).resolves.toBeUndefined();
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    expect(existsSync(join(cache, "kept-cloud.json"))).toBe(false);
  });

  it("may not be there at all", async () => {
    await expect(kept.end()).resolves.toBeUndefined();
  });
});

it("stops a process that has ended already without waiting", async () => {
  await expect(stopCloudProcess(await endedCloud())).resolves.toBeUndefined();
});
