import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Service } from "../../../../rehearsal/cloud/api/service";
import type { EmulatorBackdoor } from "../../../../rehearsal/cloud/emulator/backdoor";
import { Faults } from "../../../../rehearsal/cloud/faults/faults";
import { freePort } from "../../../../rehearsal/cloud/free-port";
import { Callers } from "../../../../rehearsal/cloud/gateway/callers";
import type { Ec2Decisions } from "../../../../rehearsal/cloud/gateway/ec2-decisions";
import { Gateway } from "../../../../rehearsal/cloud/gateway/gateway";
import type { IamAuthorizer } from "../../../../rehearsal/cloud/gateway/iam-authorizer";

const accountId = "111122223333";

/** A gateway in front of an emulator that a test plays; the access key is the caller's name. */
export class FaultyGateway {
  /** What the emulator answers to everything. */
  answer: (request: IncomingMessage, body: string) => string = () => "{}";
  /** What has reached the emulator. */
  readonly reached: string[] = [];
  endpoint = "";
  private readonly emulator: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      this.reached.push(body);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(this.answer(request, body));
    });
  });
  private gateway!: Gateway;

  async start(services: readonly Service[]): Promise<void> {
    await new Promise<void>((resolve) => this.emulator.listen(0, "127.0.0.1", resolve));
    const owner = (key: string) => `arn:aws:sts::${accountId}:assumed-role/${key}/session`;
    this.gateway = new Gateway({
      emulatorPort: (this.emulator.address() as AddressInfo).port,
      services,
      callers: new Callers({
        keyOwner: async (accessKeyId: string) => ({
          accessKeyId,
          accountId,
          arn: owner(accessKeyId),
          secretAccessKey: "secret",
        }),
      } as unknown as EmulatorBackdoor),
      authorizer: { authorize: async () => undefined, forget: () => undefined } as unknown as IamAuthorizer,
      ec2: { permissionsOf: async () => undefined } as unknown as Ec2Decisions,
      accountId,
      region: "eu-west-1",
      extras: () => undefined,
      faults: new Faults(() => undefined),
      git: async (_request, response) => void response.end(),
      log: () => undefined,
    });
    const port = await freePort();
    await this.gateway.listen(port);
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    await this.gateway.close();
    this.emulator.closeAllConnections();
    await new Promise((resolve) => this.emulator.close(resolve));
  }

  /** Options for any AWS SDK client. */
  as(accessKeyId: string, maxAttempts = 1) {
    const credentials = { accessKeyId, secretAccessKey: "secret" };
    return { region: "eu-west-1", endpoint: this.endpoint, credentials, maxAttempts };
  }

  async control(method: string, name: string, body?: object | string) {
    const response = await fetch(`${this.endpoint}/_local/faults/${name}`, {
      method,
      body: typeof body === "object" ? JSON.stringify(body) : body,
    });
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
  }
}
