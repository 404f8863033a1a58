import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandFailure, Commands } from "../../rehearsal/command";
import { isGone } from "../support/processes";
import { until } from "../support/until";

const directory = mkdtempSync(join(tmpdir(), "command-test-"));
const logs = join(directory, "logs");
const commands = new Commands(logs);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const shell = (script: string, log: string, accepted?: number[]) => {
  const environment = { PATH: process.env.PATH, GREETING: "hello" };
  return commands.run("/bin/sh", ["-c", script], { directory, environment, log }, accepted);
};
const logOf = (name: string): string => readFileSync(join(logs, `${name}.log`), "utf8");

describe("a command", () => {
  it("runs where and with what it is told, and its output is kept and logged", async () => {
    const { code, output } = await shell('echo "$GREETING from $PWD, home $HOME"; echo aside >&2', "ran");
    expect(code).toBe(0);
    expect(output).toContain(`hello from ${directory}, home \n`);
    expect(output).toContain("aside\n");
    expect(logOf("ran")).toBe(output);
  });

  it("appends to a log that is there", async () => {
    await shell("echo once", "twice");
    await shell("echo again", "twice");
    await until(
      () => logOf("twice"),
      (text) => text === "once\nagain\n",
    );
  });

  it("fails with its exit code and the end of its output, without the terminal's colours", async () => {
    const failure = await shell(
      "seq 1 40; printf '\\033[31mError: no\\033[0m\\n\\n'; exit 3",
      "failed",
    ).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandFailure);
    const { message, code, logFile, lastLines } = failure as CommandFailure;
    expect(message).toMatch(/^\/bin\/sh -c .* ended with exit code 3$/);
    expect({ code, logFile }).toEqual({ code: 3, logFile: join(logs, "failed.log") });
    expect(lastLines.split("\n")).toEqual([
      ...Array.from({ length: 14 }, (_, i) => String(i + 27)),
      "Error: no",
    ]);
  });

  it("may end with another code that is accepted", async () => {
    await expect(shell("exit 2", "accepted", [0, 2])).resolves.toEqual({ code: 2, output: "" });
  });

  it("fails when there is no such program", async () => {
    const nowhere = commands.run(join(directory, "nowhere"), [], {
      directory,
      environment: {},
      log: "nowhere",
    });
    await expect(nowhere).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("an interruption", () => {
  /** Starts a script that writes the id of its child to a file; answers how it ends, and the child. */
  async function started(script: string, name: string) {
    const ended = shell(script, name).catch((error: unknown) => error);
    const file = join(directory, name);
    const child = await until(() => (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0), Boolean);
    return { ended, child };
  }

  it("lets a command clean up", async () => {
    const { ended, child } = await started(
      "trap 'kill $!; echo cleaned up; exit 130' INT; sleep 600 & echo $! > polite; wait",
      "polite",
    );
    await commands.interrupt(60_000);
    await expect(ended).resolves.toMatchObject({ code: 130, lastLines: "cleaned up" });
    await until(() => isGone(child), Boolean);
  });

  it("ends by force what does not want to, and what it started", async () => {
    const { ended, child } = await started(
      "trap '' INT; sleep 600 & echo $! > stubborn; wait; wait",
      "stubborn",
    );
    await commands.interrupt(100);
    await expect(ended).resolves.toMatchObject({ code: null });
    await until(() => isGone(child), Boolean);
  });

  it("has nothing to wait for when nothing runs, also after a program that is not there", async () => {
    await expect(commands.interrupt(60_000)).resolves.toBeUndefined();
  });
});
