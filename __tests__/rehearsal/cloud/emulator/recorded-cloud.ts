import { paces } from "../../../../rehearsal/cloud/pace";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud } from "../../../../rehearsal/cloud/cloud";
import type { CallDecision } from "../../../../rehearsal/cloud/gateway/call-record";
import { type LocalCloud, startLocalCloud } from "../../../../rehearsal/cloud/local-cloud";
import { readCalls } from "../../../../rehearsal/report/permissions/calls";
import { cacheDirectory } from "../../../../rehearsal/workspace";

export const accountId = "111122223333";
export const region = "eu-west-1";
export const own = (service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;

export interface Statement {
  readonly Effect?: "Deny";
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: object;
}

/**
 * The real emulator behind the gateway, and what it has written down. It holds two buckets of three objects, `plain` with
 * versions and `encrypted` with a key, a parameter and a log group.
 */
export class RecordedCloud {
  private readonly directory = mkdtempSync(join(tmpdir(), "decisions-"));
  private local!: LocalCloud;
  cloud!: Cloud;
  keyArn = "";

  async start(): Promise<void> {
    const { directory } = this;
    this.local = await startLocalCloud(
      {
        projectDirectory: process.cwd(),
        directory,
        cacheDirectory,
        accountId,
        region,
        pace: paces.rehearsal,
      },
      (cloud) => {
        this.cloud = cloud;
        return {
          parts: [],
          extras: () => undefined,
          git: () => Promise.reject(new Error("no repositories")),
        };
      },
    );
    const { KeyMetadata } = await new KMSClient(this.root).send(new CreateKeyCommand({}));
    this.keyArn = KeyMetadata!.Arn!;
    await this.fill();
  }

  async stop(): Promise<void> {
    await this.local.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Options for clients of the account itself. */
  get root() {
    const credentials = { accessKeyId: accountId, secretAccessKey: "any" };
    return { region, endpoint: this.local.endpoint, credentials };
  }

  decisions(): CallDecision[] {
    return readCalls(join(this.directory, "calls.jsonl"));
  }

  /** What was decided about a role: decision, action and resource, in their order. */
  of(role: string): string[] {
    return this.decisions()
      .filter(({ principal }) => principal.startsWith(`arn:aws:sts::${accountId}:assumed-role/${role}/`))
      .map(({ action, resource, decision }) => `${decision} ${action} ${resource}`);
  }

  /** Options for clients of a session of a new role that has these permissions. */
  async sessionOf(role: string, ...statements: readonly Statement[]) {
    const iam = new IAMClient(this.root);
    const trust = {
      Principal: { AWS: `arn:aws:iam::${accountId}:root`, Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    };
    await iam.send(new CreateRoleCommand({ RoleName: role, AssumeRolePolicyDocument: document([trust]) }));
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: role,
        PolicyName: "permissions",
        PolicyDocument: document(statements),
      }),
    );
    const { Credentials } = await new STSClient(this.root).send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${accountId}:role/${role}`, RoleSessionName: "one" }),
    );
    const credentials = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    return { ...this.root, credentials, maxAttempts: 1 };
  }

  private async fill(): Promise<void> {
    const s3 = new S3Client(this.root);
    for (const Bucket of ["plain", "encrypted"]) await s3.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: "plain", VersioningConfiguration }));
    const byKey = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: this.keyArn } as const;
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket: "encrypted",
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: byKey }] },
      }),
    );
    for (const Bucket of ["plain", "encrypted"])
      for (const Key of ["a", "secret/b", "shared/c"])
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    await new SSMClient(this.root).send(
      new PutParameterCommand({ Name: "/shop/a", Value: "1", Type: "String" }),
    );
    await new CloudWatchLogsClient(this.root).send(new CreateLogGroupCommand({ logGroupName: "/shop/log" }));
  }
}

const document = (statements: readonly object[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
  });
