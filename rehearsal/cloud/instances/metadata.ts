import type { HttpRequest, HttpResponse } from "../api/protocol";
import type { Cloud } from "../cloud";
import type { Instance } from "./instance";
import { InstanceCredentials } from "./instance-credentials";
import type { Instances } from "./instances";
import { MetadataTokens } from "./metadata-tokens";

const tokenHeader = "x-aws-ec2-metadata-token";
const secondsHeader = "x-aws-ec2-metadata-token-ttl-seconds";

/**
 * The instance metadata service, version 2 only, under `/_imds/<instance id>/latest/`.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
export class MetadataService {
  private readonly tokens = new MetadataTokens();
  private readonly credentials: InstanceCredentials;

  constructor(
    private readonly cloud: Cloud,
    private readonly instances: Instances,
  ) {
    this.credentials = new InstanceCredentials(cloud);
  }

  async answer(request: HttpRequest, instanceId: string): Promise<HttpResponse> {
    const instance = this.instances.get(instanceId);
    if (!instance || instance.state === "terminated") return plain(404, "no such instance");
    const path = request.url.pathname.slice(`/_imds/${instanceId}/latest/`.length).replace(/\/$/, "");
    if (path === "api/token") return this.issueToken(request, instanceId);
    if (request.method !== "GET") return plain(405, "");
    if (this.tokens.remaining(instanceId, request.headers[tokenHeader]) === undefined) return plain(401, "");
    const value = await this.value(path, instance);
    return value === undefined ? plain(404, "") : plain(200, value);
  }

  private issueToken(request: HttpRequest, instanceId: string): HttpResponse {
    if (request.method !== "PUT") return plain(405, "");
    const seconds = Number(request.headers[secondsHeader]);
    // a forwarded request may come from outside of the instance: the service refuses it
    if (request.headers["x-forwarded-for"]) return plain(403, "");
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > 21_600) return plain(400, "");
    return plain(200, this.tokens.issue(instanceId, seconds), { [secondsHeader]: String(seconds) });
  }

  private async value(path: string, instance: Instance): Promise<string | undefined> {
    const tag = /^meta-data\/tags\/instance(?:\/(.+))?$/.exec(path);
    if (tag) return instance.template.instanceMetadataTags ? tagValue(instance, tag[1]) : undefined;
    const role = /^meta-data\/iam\/security-credentials(?:\/(.+))?$/.exec(path);
    if (role) return this.roleValue(instance, role[1]);
    switch (path) {
      case "meta-data/instance-id":
        return instance.id;
      case "meta-data/ami-id":
        return instance.imageId;
      case "meta-data/instance-type":
        return instance.instanceType;
      case "meta-data/local-ipv4":
        return instance.privateIpAddress;
      case "meta-data/placement/region":
        return this.cloud.region;
      case "meta-data/placement/availability-zone":
        return instance.availabilityZone;
      case "dynamic/instance-identity/document":
        return JSON.stringify(this.identity(instance), undefined, 2);
      default:
        return undefined;
    }
  }

  private async roleValue(instance: Instance, asked: string | undefined): Promise<string | undefined> {
    const roleName = await this.credentials.roleNameOf(instance);
    if (!roleName || asked === undefined) return roleName;
    if (asked !== roleName) return undefined;
    return JSON.stringify(await this.credentials.documentOf(instance), undefined, 2);
  }

  private identity(instance: Instance): Record<string, unknown> {
    return {
      accountId: this.cloud.accountId,
      architecture: "x86_64",
      availabilityZone: instance.availabilityZone,
      imageId: instance.imageId,
      instanceId: instance.id,
      instanceType: instance.instanceType,
      pendingTime: instance.launchTime.toISOString().replace(/\.\d+Z$/, "Z"),
      privateIp: instance.privateIpAddress,
      region: this.cloud.region,
      version: "2017-09-30",
    };
  }
}

function tagValue(instance: Instance, key: string | undefined): string | undefined {
  return key === undefined
    ? [...instance.tags.keys()].join("\n")
    : instance.tags.get(decodeURIComponent(key));
}

const plain = (status: number, body: string, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers: { "content-type": "text/plain", ...headers },
  body,
});
