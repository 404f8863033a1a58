import type { HttpRequest } from "../../../../rehearsal/cloud/api/protocol";
import type { Instance } from "../../../../rehearsal/cloud/instances/instance";
import { readLaunchTemplate } from "../../../../rehearsal/cloud/instances/launch-template";
import { MetadataPort } from "../../../../rehearsal/cloud/instances/metadata-port";
import { ToyCloud } from "./toy-cloud";

describe("the instance metadata service", () => {
  let cloud: ToyCloud;
  let instance: Instance;
  beforeEach(async () => {
    cloud = new ToyCloud();
    await cloud.start(100);
    const template = await readLaunchTemplate(cloud.emulator.backend().ec2, {
      id: "lt-0123456789abcdef0",
      version: "1",
    });
    instance = await cloud.instances.launch({ template, subnetId: "subnet-b", tags: new Map() });
  });
  afterEach(() => cloud.end());

  const send = (method: string, path: string, headers: Record<string, string> = {}, id = instance.id) => {
    const request: HttpRequest = {
      method,
      url: new URL(`http://127.0.0.1/_imds/${id}/latest/${path}`),
      headers,
      body: Buffer.alloc(0),
    };
    return cloud.metadata.answer(request, id);
  };
  const token = async (): Promise<string> => {
    const answer = await send("PUT", "api/token", { "x-aws-ec2-metadata-token-ttl-seconds": "60" });
    return String(answer.body);
  };
  const get = async (path: string) => send("GET", path, { "x-aws-ec2-metadata-token": await token() });

  it("answers 401 without a token, with a token of another instance, and with one that is none", async () => {
    const { template } = instance;
    const other = await cloud.instances.launch({ template, subnetId: "subnet-a", tags: new Map() });
    expect((await send("GET", "meta-data/instance-id")).status).toBe(401);
    const foreign = { "x-aws-ec2-metadata-token": await token() };
    expect((await send("GET", "meta-data/instance-id", foreign, other.id)).status).toBe(401);
    expect((await send("GET", "meta-data/instance-id", { "x-aws-ec2-metadata-token": "x" })).status).toBe(
      401,
    );
  });

  it.each([
    ["GET", "60", 405],
    ["PUT", "", 400],
    ["PUT", "0", 400],
    ["PUT", "21601", 400],
    ["PUT", "21600", 200],
  ])("answers %s of a token for %j seconds with %d", async (method, seconds, status) => {
    const answer = await send(method, "api/token", { "x-aws-ec2-metadata-token-ttl-seconds": seconds });
    expect(answer.status).toBe(status);
  });

  it("refuses a token to a forwarded request", async () => {
    const headers = { "x-aws-ec2-metadata-token-ttl-seconds": "60", "x-forwarded-for": "192.0.2.1" };
    expect((await send("PUT", "api/token", headers)).status).toBe(403);
  });

  it.each([
    ["meta-data/ami-id", "ami-1"],
    ["meta-data/placement/region", "eu-west-1"],
    ["meta-data/placement/availability-zone", "eu-west-1b"],
    ["meta-data/tags/instance", "Version"],
    ["meta-data/tags/instance/Version", "1"],
    ["meta-data/iam/security-credentials/", "hello-instance"],
  ])("knows %s", async (path, value) => {
    expect(await get(path)).toMatchObject({ status: 200, body: value });
  });

  it("gives the role's credentials", async () => {
    const { body } = await get("meta-data/iam/security-credentials/hello-instance");
    expect(JSON.parse(String(body))).toMatchObject({
      Code: "Success",
      Type: "AWS-HMAC",
      AccessKeyId: "ASIA",
      Token: "token",
    });
    expect((await get("meta-data/iam/security-credentials/other")).status).toBe(404);
  });

  it("gives the identity document", async () => {
    const { body } = await get("dynamic/instance-identity/document");
    expect(JSON.parse(String(body))).toMatchObject({
      instanceId: instance.id,
      region: "eu-west-1",
      imageId: "ami-1",
    });
  });

  it("answers 404 for what it does not have", async () => {
    expect((await get("meta-data/nothing")).status).toBe(404);
  });

  it("is at an address of the instance's own for clients that put their path after the host", async () => {
    const port = new MetadataPort(cloud.metadata, instance.id);
    const url = await port.listen();
    const headers = { "x-aws-ec2-metadata-token-ttl-seconds": "60" };
    const issued = await (await fetch(`${url}/latest/api/token`, { method: "PUT", headers })).text();
    const answer = await fetch(`${url}/latest/meta-data/instance-id`, {
      headers: { "x-aws-ec2-metadata-token": issued },
    });
    expect(await answer.text()).toBe(instance.id);
    await port.close();
  });
});
