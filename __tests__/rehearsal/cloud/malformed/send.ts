import { Agent, request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import type { MalformedBytes, MalformedRequest } from "./request";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** @throws when there is no answer within a time in which anything is answered */
export function send(endpoint: string, { method, path, headers, body }: MalformedRequest): Promise<Answer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      agent,
      hostname,
      port,
      method,
      path,
      headers: { ...headers, "content-length": body.length },
    });
    outgoing.setTimeout(30_000, () => outgoing.destroy(new Error("no answer for 30 seconds")));
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode!,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString("latin1"),
        }),
      );
    });
    outgoing.end(body);
  });
}

/** @returns what came back before the connection was closed. @throws when it stays open */
export function sendBytes(endpoint: string, { bytes, end }: MalformedBytes): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = open(endpoint, () => {
      socket.write(bytes);
      if (end === "finish") socket.end();
      else setTimeout(() => socket.resetAndDestroy(), 5);
    });
    socket.setTimeout(30_000, () => socket.destroy(new Error("still open after 30 seconds")));
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    // a reset of either side is an end as well
    socket.on("error", (error) =>
      (error as NodeJS.ErrnoException).code === "ECONNRESET" ||
      (error as NodeJS.ErrnoException).code === "EPIPE"
        ? undefined
        : reject(error),
    );
    socket.on("close", () => resolve(answer));
  });
}

/** A connection on which a request begins and never ends. */
export function open(endpoint: string, connected: () => void): Socket {
  const { hostname, port } = new URL(endpoint);
  return connect({ host: hostname, port: Number(port), allowHalfOpen: true }, connected);
}
