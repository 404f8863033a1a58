import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** Stands in front of the cloud and lets one request wait, so that a client can be looked at, or killed, meanwhile. */
export class HoldingProxy {
  private readonly server: Server;
  private held: { readonly words: string; readonly reached: () => void } | undefined;
  private release: () => void = () => undefined;

  constructor(private readonly target: string) {
    this.server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", () => outgoing.destroy());
      incoming.on("end", () => {
        const body = Buffer.concat(chunks);
        const forward = (): void => this.forward(incoming, body, outgoing);
        if (!this.held || !this.matches(incoming, body, this.held.words)) return forward();
        let gone = false;
        outgoing.on("close", () => (gone = true));
        // of a client that was killed in the meantime, the cloud never hears
        this.release = () => gone || forward();
        this.held.reached();
        this.held = undefined;
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Holds up the next request whose operation and body contain all words. @returns when it has come */
  hold(words: string): Promise<void> {
    return new Promise((reached) => (this.held = { words, reached }));
  }

  letGo(): void {
    this.release();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private matches(incoming: IncomingMessage, body: Buffer, words: string): boolean {
    const text = `${incoming.headers["x-amz-target"]} ${body.toString("utf8")}`;
    return words.split(" ").every((word) => text.includes(word));
  }

  private forward(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): void {
    const { method, headers, url } = incoming;
    const onward = httpRequest(new URL(url!, this.target), { method: method!, headers, setHost: false });
    onward.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    onward.end(body);
  }
}
