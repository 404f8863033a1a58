import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { backendOf } from "./backend";
import type { ClientOptions, Cloud, CloudPart, RoleCredentials } from "./cloud";
import { EmulatorBackdoor } from "./emulator/backdoor";
import { startEmulator } from "./emulator/emulator";
import { freePort } from "./free-port";
import { Faults } from "./faults/faults";
import type { Authorizer } from "./gateway/authorizer";
import { CallRecord } from "./gateway/call-record";
import { Ec2Decisions } from "./gateway/ec2-decisions";
import { Callers } from "./gateway/callers";
import { EventRecord } from "./gateway/event-record";
import { EventRouter } from "./gateway/event-router";
import { Gateway, type GatewaySettings } from "./gateway/gateway";
import { IamAuthorizer } from "./gateway/iam-authorizer";
import { ServiceSessions } from "./gateway/service-sessions";
import type { Pace } from "./pace";

export interface LocalCloudSettings {
  readonly projectDirectory: string;
  readonly directory: string;
  readonly cacheDirectory: string;
  readonly accountId: string;
  readonly region: string;
  readonly pace: Pace;
}

/** The parts that the gateway serves itself, and its requests that are no AWS API. */
export interface CloudParts extends Pick<GatewaySettings, "extras" | "git"> {
  readonly parts: readonly CloudPart[];
}

export interface LocalCloud {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Starts the emulator and the gateway in front of it. @throws UserError when something of the machine is missing */
export async function startLocalCloud(
  settings: LocalCloudSettings,
  assemble: (cloud: Cloud, authorizer: Authorizer, pace: Pace) => CloudParts,
): Promise<LocalCloud> {
  const { accountId, region, directory } = settings;
  mkdirSync(directory, { recursive: true });
  mkdirSync(settings.cacheDirectory, { recursive: true });
  const ended = new AbortController();
  const log = (subject: string, text: string): void =>
    appendFileSync(join(directory, "cloud.log"), `${new Date().toISOString()} ${subject}: ${text}\n`);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const callsFile = join(directory, "calls.jsonl");
  const emulator = await startEmulator({ ...settings, ...settings.pace, endpoint, callsFile });
  void emulator.exited.then(() => ended.signal.aborted || log("emulator", "ended by itself"));

  const backend = backendOf(emulator.port, region, accountId);
  const backdoor = new EmulatorBackdoor(emulator.port, emulator.token);
  const callers = new Callers(backdoor);
  const record = new CallRecord(callsFile);
  const events = new EventRecord(join(directory, "events.jsonl"));
  const authorizer = new IamAuthorizer(backend.iam, callers, record, accountId);
  const sessions = new ServiceSessions(backend.iam, backdoor, accountId);
  const clientOptions = (credentials: RoleCredentials): ClientOptions => ({ region, endpoint, credentials });
  const cloud: Cloud = {
    accountId,
    region,
    partition: "aws",
    endpoint,
    directory,
    cacheDirectory: settings.cacheDirectory,
    backend,
    clientOptions,
    assumeRole: (roleArn, servicePrincipal, sessionName) =>
      sessions.assume(roleArn, servicePrincipal, sessionName),
    assumeRoleAs: (credentials, roleArn, sessionName) =>
      assumeRoleAs(clientOptions(credentials), roleArn, sessionName),
    emit(event) {
      events.add(event);
      router.emit(event);
    },
    log,
    signal: ended.signal,
  };
  const router = new EventRouter(cloud, backend.events, backdoor);
  const { parts, extras, git } = assemble(cloud, authorizer, settings.pace);
  const gateway = new Gateway({
    emulatorPort: emulator.port,
    services: parts.flatMap((part) => part.services),
    callers,
    authorizer,
    ec2: new Ec2Decisions(backend.ec2, cloud),
    accountId,
    extras,
    git,
    region,
    faults: new Faults((text) => log("faults", text)),
    log,
  });
  await gateway.listen(port);
  return {
    endpoint,
    async close() {
      ended.abort();
      await Promise.all(parts.map((part) => part.close?.()));
      await gateway.close();
      await emulator.stop();
    },
  };
}

async function assumeRoleAs(
  options: ClientOptions,
  roleArn: string,
  sessionName: string,
): Promise<RoleCredentials> {
  const { Credentials } = await new STSClient(options).send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName.slice(0, 64) }),
  );
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  };
}
