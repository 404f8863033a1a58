import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpRequest } from "../api/protocol";
import type { MetadataService } from "./metadata";

/**
 * The metadata service at an address of one instance's own, as 169.254.169.254 is on AWS: clients put `/latest/…` after
 * the host and drop any path that their endpoint setting has.
 */
export class MetadataPort {
  private readonly server: Server;

  constructor(
    private readonly service: MetadataService,
    private readonly instanceId: string,
  ) {
    this.server = createServer((incoming, outgoing) => void this.handle(incoming, outgoing));
  }

  /** Begins to listen, if it does not yet; resolves to the base URL. */
  async listen(): Promise<string> {
    if (!this.server.listening) {
      this.server.listen(0, "127.0.0.1");
      await once(this.server, "listening");
    }
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    incoming.resume();
    const request: HttpRequest = {
      method: incoming.method ?? "GET",
      url: new URL(`/_imds/${this.instanceId}${incoming.url ?? "/"}`, "http://127.0.0.1"),
      headers: Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: Buffer.alloc(0),
    };
    const answer = await this.service
      .answer(request, this.instanceId)
      .catch((error: unknown) => ({ status: 500, headers: {}, body: String(error) }));
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  }
}
