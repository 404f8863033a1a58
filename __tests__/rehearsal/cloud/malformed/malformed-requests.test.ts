import { CodeCommitClient, ListRepositoriesCommand } from "@aws-sdk/client-codecommit";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { RunningCloud } from "../../../support/running-cloud";
import { until } from "../../../support/until";
import { complaint } from "./answer-form";
import { malformedBytes } from "./bytes";
import type { MalformedBytes, MalformedRequest } from "./request";
import { malformedRequests } from "./requests";
import { agent, open, send, sendBytes } from "./send";

jest.setTimeout(300_000);

/** One number for all, so that a failure comes again: MALFORMED_SEED=7 npx jest malformed */
const seed = Number(process.env["MALFORMED_SEED"] ?? 1);
const requests = fc.sample(malformedRequests, { seed, numRuns: 9000 });
const bytes = fc.sample(malformedBytes, { seed, numRuns: 1000 });
/** Of these the process may make as much as it wants: caches fill, code is compiled. */
const warmUp = { requests: 3000, bytes: 300 };
/** What a process may grow by in the 6000 requests after that: 5 KB for each. */
const megabytesOfGrowth = 32;

let cloud: RunningCloud;
/** None where the system does not show what a process holds. */
let processes: readonly { readonly name: string; readonly pid: number }[] = [];

beforeAll(async () => {
  cloud = await RunningCloud.start();
  if (process.platform !== "linux") return;
  const { pid } = cloud.process;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  processes = [
    { name: "gateway", pid },
    { name: "emulator", pid: Number(children[0]) },
  ];
});
afterAll(async () => {
  agent.destroy();
  await cloud.stop();
});

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
const threads = (pid: number): number => readdirSync(`/proc/${pid}/task`).length;
const megabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;

async function sendAll<T>(
  all: readonly T[],
  one: (item: T) => Promise<string | undefined>,
): Promise<string[]> {
  const complaints: string[] = [];
  const waiting = [...all];
  const worker = async (): Promise<void> => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
      const found = await one(item).catch(
        (error: Error) => `${JSON.stringify(item).slice(0, 300)}: ${error}`,
      );
      if (found) complaints.push(found);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  // all have the same few reasons
  return complaints.slice(0, 10);
}
const sendRequests = (some: readonly MalformedRequest[]) =>
  sendAll(some, async (request) => complaint(request, await send(cloud.process.endpoint, request)));
const sendJunk = (some: readonly MalformedBytes[]) =>
  sendAll(some, async (one) => {
    const answer = await sendBytes(cloud.process.endpoint, one);
    return /^(HTTP\/1\.1 4\d\d |$)/.test(answer) ? undefined : `${one.kind}: ${answer.slice(0, 200)}`;
  });

let before: readonly { readonly files: number; readonly threads: number; readonly megabytes: number }[];
const measured = () =>
  processes.map(({ pid }) => ({ files: openFiles(pid), threads: threads(pid), megabytes: megabytes(pid) }));

describe("the gateway, and the emulator behind it", () => {
  it("refuse 9000 malformed requests in the form of the service that was asked, and fail on none", async () => {
    expect(await sendRequests(requests.slice(0, warmUp.requests))).toEqual([]);
    await sendJunk(bytes.slice(0, warmUp.bytes));
    agent.destroy();
    before = measured();
    expect(await sendRequests(requests.slice(warmUp.requests))).toEqual([]);
  });

  it("answer what is not HTTP with a 4xx or hang up", async () => {
    expect(await sendJunk(bytes)).toEqual([]);
  });

  it("go on answering while 100 connections say half of a request and no more", async () => {
    const halves = bytes.filter(({ kind }) => kind.startsWith("truncated")).slice(0, 100);
    const sockets = await Promise.all(
      halves.map(
        ({ bytes: half }) =>
          new Promise<ReturnType<typeof open>>((resolve) => {
            const socket = open(cloud.process.endpoint, () => socket.write(half, () => resolve(socket)));
          }),
      ),
    );
    await requireAnswers();
    for (const socket of sockets) socket.destroy();
  });

  it("are as they were: alive, with no failure logged, no file open and no memory taken", async () => {
    agent.destroy();
    await requireAnswers();
    expect(cloud.log()).toBe("");
    expect(cloud.emulatorLog()).not.toContain("Traceback");
    // connections between the two are kept for a while; ours are gone at once
    const after = await until(measured, (seen) =>
      seen.every(({ files }, i) => files <= before[i]!.files + 16),
    );
    const grown = processes.map(({ name }, i) => ({
      name,
      threads: after[i]!.threads - before[i]!.threads,
      megabytes: Math.round(after[i]!.megabytes - before[i]!.megabytes),
    }));
    expect(grown.filter((one) => one.threads > 8 || one.megabytes > megabytesOfGrowth)).toEqual([]);
  });
});

async function requireAnswers(): Promise<void> {
  await new CodeCommitClient(cloud.client).send(new ListRepositoriesCommand({}));
  await new S3Client({ ...cloud.client, forcePathStyle: true }).send(new ListBucketsCommand({}));
}
