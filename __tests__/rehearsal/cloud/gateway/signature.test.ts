import { CodeCommitClient, GetBranchCommand } from "@aws-sdk/client-codecommit";
import { ImagebuilderClient, ListTagsForResourceCommand } from "@aws-sdk/client-imagebuilder";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpRequest } from "../../../../rehearsal/cloud/api/protocol";
import { credentialScope, signatureFits } from "../../../../rehearsal/cloud/gateway/signature";

/** The request that a client sends. */
async function captured(send: (options: object) => Promise<unknown>): Promise<HttpRequest> {
  let request: HttpRequest | undefined;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      request = {
        method: incoming.method!,
        url: new URL(incoming.url!, `http://${incoming.headers.host}`),
        headers: incoming.headers as Record<string, string>,
        body: Buffer.concat(chunks),
      };
      outgoing.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await send({
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "right", sessionToken: "token" },
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return request!;
}

const arn = "arn:aws:imagebuilder:eu-west-1:111122223333:component/app/1.0.0/1";
const clients: [string, string, (options: object) => Promise<unknown>][] = [
  [
    "a JSON request",
    "codecommit",
    (o) => new CodeCommitClient(o).send(new GetBranchCommand({ repositoryName: "hello" })),
  ],
  [
    "an ARN in the path",
    "imagebuilder",
    (o) => new ImagebuilderClient(o).send(new ListTagsForResourceCommand({ resourceArn: arn })),
  ],
];

describe.each(clients)("the signature of %s", (_, service, send) => {
  let request: HttpRequest;
  beforeAll(async () => void (request = await captured(send)));

  it("says who signed and for what", () => {
    expect(credentialScope(request.headers, request.url)).toMatchObject({
      accessKeyId: "AKIDEXAMPLE",
      region: "eu-west-1",
      service,
    });
  });

  it("fits with the right secret only", () => {
    const scope = credentialScope(request.headers, request.url)!;
    expect(signatureFits(request, scope, "right")).toBe(true);
    expect(signatureFits(request, scope, "wrong")).toBe(false);
  });

  it("does not fit a changed request", () => {
    const scope = credentialScope(request.headers, request.url)!;
    expect(signatureFits({ ...request, method: "PUT" }, scope, "right")).toBe(false);
    expect(signatureFits({ ...request, body: Buffer.from("{ }") }, scope, "right")).toBe(false);
    const url = new URL(`${request.url.href}?x=1`);
    expect(signatureFits({ ...request, url }, scope, "right")).toBe(false);
  });
});
