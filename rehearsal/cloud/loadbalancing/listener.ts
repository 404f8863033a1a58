import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { DefaultAction } from "./default-action";
import type { Target } from "./target";
import type { TargetGroup } from "./target-group";
import type { Count } from "./traffic-counts";

export interface ListenerSettings {
  readonly group: (arn: string) => TargetGroup | undefined;
  readonly count: (count: Count, targetGroupArn: string | undefined) => void;
  /** `idle_timeout.timeout_seconds`, in real time: how long a target may take to answer. */
  readonly idleTimeoutMilliseconds: number;
}

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** One listener of a load balancer: a loopback port that carries requests to the targets of its default action. */
export class Listener {
  private readonly server: Server;
  private readonly agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });

  constructor(
    /** The port that clients would use on AWS. */
    readonly awsPort: number,
    public action: DefaultAction | undefined,
    private readonly settings: ListenerSettings,
  ) {
    this.server = createServer((incoming, outgoing) => this.handle(incoming, outgoing));
    this.server.keepAliveTimeout = settings.idleTimeoutMilliseconds;
  }

  /** The loopback port. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", resolve);
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    this.agent.destroy();
    await closed;
  }

  private handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { action } = this;
    switch (action?.type) {
      case "redirect":
        outgoing.writeHead(action.status, {
          location: action.location(incoming.headers.host ?? "127.0.0.1", incoming.url ?? "/"),
        });
        outgoing.end();
        return;
      case "fixed-response":
        outgoing.writeHead(action.status, { "content-type": action.contentType });
        outgoing.end(action.body);
        return;
      case "forward":
        return this.forward(incoming, outgoing, action.targetGroupArn);
      default:
        return this.fail(outgoing, 503);
    }
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse, arn: string): void {
    const group = this.settings.group(arn);
    const target = group?.next();
    this.settings.count("RequestCount", target && arn);
    if (!group || !target) return this.fail(outgoing, 503);
    const leave = target.enter();
    outgoing.once("close", leave);
    this.send(incoming, outgoing, group, target, true);
  }

  private send(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    group: TargetGroup,
    target: Target,
    mayRepeat: boolean,
  ): void {
    const port = group.loopbackPortOf(target);
    if (port === undefined) {
      this.settings.count("TargetConnectionErrorCount", group.arn);
      return this.fail(outgoing, 502);
    }
    const asked = request({
      host: "127.0.0.1",
      port,
      method: incoming.method,
      path: incoming.url,
      agent: this.agent,
      headers: this.headersFor(incoming),
      timeout: this.settings.idleTimeoutMilliseconds,
    });
    asked.once("response", (response) => {
      this.settings.count(
        `HTTPCode_Target_${String(response.statusCode).charAt(0)}XX_Count` as Count,
        group.arn,
      );
      outgoing.writeHead(response.statusCode ?? 502, endToEnd(response));
      response.pipe(outgoing);
      response.once("error", () => outgoing.destroy());
    });
    asked.once("timeout", () => {
      if (!outgoing.headersSent) this.fail(outgoing, 504);
      asked.destroy();
    });
    asked.once("error", (error: NodeJS.ErrnoException) => {
      if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();
      // an idle connection that the target was closing at that moment: the request was never read
      if (mayRepeat && asked.reusedSocket && error.code === "ECONNRESET" && withoutBody(incoming))
        return this.send(incoming, outgoing, group, target, false);
      if (error.code === "ECONNREFUSED") this.settings.count("TargetConnectionErrorCount", group.arn);
      this.fail(outgoing, 502);
    });
    outgoing.once("close", () => asked.destroy());
    if (withoutBody(incoming)) asked.end();
    else incoming.pipe(asked);
  }

  private headersFor(incoming: IncomingMessage): Record<string, string | string[]> {
    const before = incoming.headers["x-forwarded-for"];
    const client = incoming.socket.remoteAddress ?? "127.0.0.1";
    return {
      ...endToEnd(incoming),
      "x-forwarded-for": before ? `${String(before)}, ${client}` : client,
      "x-forwarded-proto": "http",
      "x-forwarded-port": String(this.awsPort),
    };
  }

  private fail(outgoing: ServerResponse, status: 502 | 503 | 504): void {
    this.settings.count("HTTPCode_ELB_5XX_Count", undefined);
    outgoing.writeHead(status, { server: "awselb/2.0", "content-type": "text/html" });
    outgoing.end(
      `<html><head><title>${texts[status]}</title></head><body><h1>${texts[status]}</h1></body></html>`,
    );
  }
}

const texts = {
  502: "502 Bad Gateway",
  503: "503 Service Temporarily Unavailable",
  504: "504 Gateway Time-out",
};

const withoutBody = (incoming: IncomingMessage): boolean =>
  incoming.headers["content-length"] === undefined && incoming.headers["transfer-encoding"] === undefined;

function endToEnd(message: IncomingMessage): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(message.headers).filter((entry): entry is [string, string | string[]] => {
      return entry[1] !== undefined && !hopByHop.has(entry[0]);
    }),
  );
}
