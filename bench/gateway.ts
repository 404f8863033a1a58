import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadConfiguration } from "../config/load";
import userConfiguration from "../pipeline.config";
import { startCloudProcess, stopCloudProcess } from "../rehearsal/cloud-process";
import { cacheDirectory } from "../rehearsal/workspace";
import { startMinistack } from "./ministack";
import { atMost, median, type Line, type Part } from "./result";

const calls = 500;
const warmUps = 50;

/** What the gateway adds to a call that it hands on: the same calls to it, and to ministack alone. */
export async function gateway(): Promise<Part> {
  const { accountId, region } = loadConfiguration(userConfiguration);
  const directory = mkdtempSync(path.join(tmpdir(), "bench-gateway-"));
  const cloud = await startCloudProcess({
    cacheDirectory,
    accountId,
    region,
    directory: path.join(directory, "cloud"),
    owner: process.pid,
  });
  try {
    const ministack = await startMinistack(directory, accountId, region);
    try {
      const clients = [cloud.endpoint, ministack.endpoint].map((endpoint) =>
        callsTo({ endpoint, region, accountId }),
      );
      for (const client of clients) await client.prepare();
      const lines: Line[] = [];
      for (const call of ["ssm:GetParameter", "s3:GetObject"] as const)
        lines.push(...(await compare(call, clients[0]![call], clients[1]![call])));
      return {
        title: "The gateway of the local cloud",
        lines,
        notes: [
          `Medians of ${calls} sequential calls by the SDK, signed, one to the gateway and one to a ministack of its own, started without anything of ours, in turn, after ${warmUps} of each. The gateway checks the signature, finds the caller, hands the call on and records the decision.`,
        ],
      };
    } finally {
      await ministack.stop();
    }
  } finally {
    await stopCloudProcess(cloud.pid);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function compare(
  name: string,
  behindGateway: () => Promise<unknown>,
  alone: () => Promise<unknown>,
): Promise<readonly Line[]> {
  const taken = { behindGateway: [] as number[], alone: [] as number[] };
  for (let call = 0; call < warmUps + calls; call++) {
    const times = [await milliseconds(behindGateway), await milliseconds(alone)] as const;
    if (call < warmUps) continue;
    taken.behindGateway.push(times[0]);
    taken.alone.push(times[1]);
  }
  const overhead = median(taken.behindGateway) - median(taken.alone);
  return [
    { what: `${name}, ministack alone`, result: `${median(taken.alone).toFixed(2)} ms` },
    { what: `${name}, through the gateway`, result: `${median(taken.behindGateway).toFixed(2)} ms` },
    { what: `${name}, overhead`, result: `${overhead.toFixed(2)} ms`, target: atMost(overhead, 1, " ms") },
  ];
}

async function milliseconds(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}

function callsTo({ endpoint, region, accountId }: { endpoint: string; region: string; accountId: string }) {
  const options = { endpoint, region, credentials: { accessKeyId: accountId, secretAccessKey: "rehearsal" } };
  const ssm = new SSMClient(options);
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const object = { Bucket: "bench-objects", Key: "object" };
  return {
    async prepare(): Promise<void> {
      await ssm.send(new PutParameterCommand({ Name: "/bench/parameter", Value: "value", Type: "String" }));
      await s3.send(
        new CreateBucketCommand({
          Bucket: object.Bucket,
          CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" },
        }),
      );
      await s3.send(new PutObjectCommand({ ...object, Body: "x".repeat(1024) }));
    },
    "ssm:GetParameter": () => ssm.send(new GetParameterCommand({ Name: "/bench/parameter" })),
    "s3:GetObject": async () => (await s3.send(new GetObjectCommand(object))).Body!.transformToString(),
  };
}
