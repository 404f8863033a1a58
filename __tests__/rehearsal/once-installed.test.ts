import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { onceInstalled } from "../../rehearsal/once-installed";

let directory: string;
let marker: string;
const done: string[] = [];
const installing = (name: string) => async (): Promise<void> => {
  done.push(`${name} begins`);
  await pause(20);
  // the folder of what is installed is the installation's own affair
  rmSync(join(directory, "tool"), { recursive: true, force: true });
  mkdirSync(join(directory, "tool"));
  done.push(`${name} ends`);
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "once-installed-test-"));
  marker = join(directory, "tool/installed.txt");
  done.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it("installs once for all who ask at the same time", async () => {
  await Promise.all(["a", "b", "c"].map((name) => onceInstalled(marker, "1.0", installing(name))));
  expect(done).toEqual(["a begins", "a ends"]);
  expect(readFileSync(marker, "utf8")).toBe("1.0");
});

it("installs anew when something else is wanted", async () => {
  await onceInstalled(marker, "1.0", installing("first"));
  await onceInstalled(marker, "2.0", installing("second"));
  expect(done).toContain("second ends");
});

it("lets the next one try when an installation failed", async () => {
  await expect(onceInstalled(marker, "1.0", () => Promise.reject(new Error("no network")))).rejects.toThrow(
    "no network",
  );
  await onceInstalled(marker, "1.0", installing("again"));
  expect(done).toContain("again ends");
  expect(existsSync(join(directory, "tool.lock"))).toBe(false);
});

it("does not wait for an installer that was killed", async () => {
  const killed = spawn(process.execPath, ["-e", ""]);
  await once(killed, "exit");
  writeFileSync(join(directory, "tool.lock"), String(killed.pid));
  await onceInstalled(marker, "1.0", installing("next"));
  expect(done).toContain("next ends");
});
