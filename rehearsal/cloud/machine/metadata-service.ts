import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface InstanceMetadata {
  readonly instanceId: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly region: string;
  readonly accountId: string;
  readonly architecture: "arm64" | "x86_64";
}

export interface MetadataEndpoint {
  /** Base URL, for AWS_EC2_METADATA_SERVICE_ENDPOINT. */
  readonly url: string;
  close(): Promise<void>;
}

/** The instance metadata service of one machine, version 2 only, as our instances ask for it. */
export function serveMetadata(metadata: InstanceMetadata): Promise<MetadataEndpoint> {
  const tokens = new Set<string>();
  const server = createServer((request, response) => answer(request, response, metadata, tokens));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  metadata: InstanceMetadata,
  tokens: Set<string>,
): void {
  const send = (status: number, text = ""): void => void response.writeHead(status).end(text);
  if (request.url === "/latest/api/token") {
    if (request.method !== "PUT") return send(405);
    const seconds = Number(request.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > 21600) return send(400);
    const token = randomBytes(24).toString("base64url");
    tokens.add(token);
    return send(200, token);
  }
  if (!tokens.has(String(request.headers["x-aws-ec2-metadata-token"]))) return send(401);
  const value = values(metadata)[(request.url ?? "").replace(/\/$/, "")];
  return value === undefined ? send(404) : send(200, value);
}

function values(metadata: InstanceMetadata): Readonly<Record<string, string>> {
  const { accountId, architecture, imageId, instanceId, instanceType, region } = metadata;
  return {
    "/latest/meta-data/ami-id": imageId,
    "/latest/meta-data/instance-id": instanceId,
    "/latest/meta-data/instance-type": instanceType,
    "/latest/meta-data/placement/availability-zone": `${region}a`,
    "/latest/meta-data/placement/region": region,
    "/latest/dynamic/instance-identity/document": JSON.stringify({
      accountId,
      architecture,
      availabilityZone: `${region}a`,
      imageId,
      instanceId,
      instanceType,
      region,
    }),
  };
}
