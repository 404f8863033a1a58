import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Authorize, dispatch } from "../../rehearsal/cloud/api/dispatch";
import type { Call, Permission } from "../../rehearsal/cloud/api/service";
import { ServiceError } from "../../rehearsal/cloud/api/service-error";
import type { CloudPart } from "../../rehearsal/cloud/cloud";

/** A handler for requests that are no API calls, such as git's. */
export type RawHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  call: Call,
  authorize: Authorize,
) => Promise<void>;

/**
 * Serves parts of the cloud on a loopback port, for clients that we did not write. Everybody is let in; what each call
 * asked for is in `asked`, and an action in `denied` is refused.
 */
export class GatewayHarness {
  readonly asked: Permission[] = [];
  readonly denied = new Set<string>();
  readonly unexpected: unknown[] = [];
  readonly callerArn = "arn:aws:iam::111122223333:user/tester";
  parts: readonly CloudPart[] = [];
  /** By the start of the path. */
  readonly raw = new Map<string, RawHandler>();
  private server: Server | undefined;

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server!.address() as AddressInfo).port}`;
  }

  /** Options for any AWS SDK client. */
  get client() {
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
    return { region: "eu-central-1", endpoint: this.endpoint, credentials, maxAttempts: 1 };
  }

  readonly authorize: Authorize = async (_call, permission) => {
    this.asked.push(permission);
    if (this.denied.has(permission.action))
      throw new ServiceError("AccessDeniedException", `not authorized to perform: ${permission.action}`);
  };

  start(): Promise<void> {
    this.server = createServer((request, response) => void this.serve(request, response));
    return new Promise((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
  }

  /** @throws what went wrong in the gateway itself while it ran */
  async stop(): Promise<void> {
    this.server!.closeAllConnections();
    await new Promise<void>((resolve) => this.server!.close(() => resolve()));
    if (this.unexpected.length > 0) throw this.unexpected[0];
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const caller = { accountId: "111122223333", arn: this.callerArn, accessKeyId: "AKIDEXAMPLE" };
    const call: Call = { caller, region: "eu-central-1", requestId: randomUUID() };
    const handler = [...this.raw].find(([prefix]) => request.url?.startsWith(prefix))?.[1];
    if (handler) return handler(request, response, call, this.authorize);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const name = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? "")?.[1];
    const service = this.parts
      .flatMap(({ services }) => services)
      .find((candidate) => candidate.name === name);
    if (!service) {
      response.writeHead(501).end(`no part serves ${name}`);
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([key, value]) => [key, String(value)]),
    );
    const answer = await dispatch(
      service,
      {
        method: request.method!,
        url: new URL(request.url!, this.endpoint),
        headers,
        body: Buffer.concat(chunks),
      },
      call,
      this.authorize,
      (error) => this.unexpected.push(error),
    );
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}
