import { Agent, request as httpRequest } from "node:http";
import type { HttpRequest, HttpResponse } from "../api/protocol";

const agent = new Agent({ keepAlive: true });
/** Connection-level headers; the body has been read to its end, so its length is known. */
const notForwarded = new Set(["connection", "expect", "keep-alive", "transfer-encoding", "content-length"]);

/** Sends a request on to the emulator, unchanged: its signature covers the gateway's host name. */
export function passThrough(port: number, request: HttpRequest, target: string): Promise<HttpResponse> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !notForwarded.has(name)),
  );
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        agent,
        host: "127.0.0.1",
        port,
        method: request.method,
        path: target,
        headers: {
          ...headers,
          "content-length": request.body.length,
          // the loopback stands for TLS, which the buckets' policies ask for
          "x-forwarded-proto": "https",
        },
        setHost: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({
            status: incoming.statusCode ?? 502,
            headers: Object.fromEntries(
              Object.entries(incoming.headers)
                .filter(([name]) => name !== "connection" && name !== "transfer-encoding")
                .map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
            ),
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(request.body);
  });
}
