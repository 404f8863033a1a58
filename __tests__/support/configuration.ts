import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type {
  Configuration,
  EnvironmentConfiguration,
  RollOutConfiguration,
} from "../../config/configuration";
import { functionNames } from "../../lambda/bundle";

export const accountId = "111122223333";
export const region = "eu-west-1";

const rollOut: RollOutConfiguration = {
  minHealthyPercentage: 100,
  maxHealthyPercentage: 200,
  bakeSeconds: 180,
  checkpoints: [],
  checkpointSeconds: 600,
  alarms: [],
  onFailure: "stop",
};

export const production: EnvironmentConfiguration = {
  name: "production",
  approval: true,
  capacity: { desired: 2, max: 4 },
  healthCheckGraceSeconds: 300,
  instanceWarmupSeconds: 120,
  rollOut,
  loadBalancer: {
    allowedCidrs: ["10.0.0.0/8"],
    certificateArn: `arn:aws:acm:${region}:${accountId}:certificate/1`,
    deletionProtection: true,
  },
};

export const staging: EnvironmentConfiguration = {
  name: "staging",
  approval: false,
  capacity: { desired: 1, max: 2 },
  healthCheckGraceSeconds: 300,
  instanceWarmupSeconds: 120,
  rollOut,
  loadBalancer: undefined,
};

/** A base image is baked, and releases add the application to it. */
export const scheduledBaseImage: Configuration["image"] = {
  testsEnabled: true,
  baseImageSchedule: { scheduleExpression: "cron(0 4 ? * sun *)", timezone: "Europe/Berlin" },
};

export function configuration(overrides: Partial<Configuration> = {}): Configuration {
  return {
    name: "shop",
    region,
    accountId,
    stateBucket: "shop-states",
    branch: "main",
    versionLine: "1.0",
    subnetIds: ["subnet-11111111", "subnet-22222222"],
    architecture: "arm64",
    instanceType: "t4g.small",
    builderInstanceType: "t4g.medium",
    image: { testsEnabled: true, baseImageSchedule: undefined },
    environments: [staging, production],
    executionMode: "QUEUED",
    noticesTo: "team@example.com",
    ...overrides,
  };
}

/** Bundles with nothing in them, in a folder of their own. */
export function stubBundles(): string {
  const directory = mkdtempSync(path.join(tmpdir(), "bundles-"));
  for (const name of functionNames) {
    mkdirSync(path.join(directory, name));
    writeFileSync(path.join(directory, name, "index.js"), `exports.handler = () => ${JSON.stringify(name)};`);
  }
  return directory;
}
