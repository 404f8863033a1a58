import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiModel, ModelName } from "../../rehearsal/cloud/api/model";
import { loadModel } from "../../rehearsal/cloud/api/model";
import { ServiceError } from "../../rehearsal/cloud/api/service-error";
import type { Backend, Cloud, CloudEvent, RoleCredentials } from "../../rehearsal/cloud/cloud";

export const modelOf = (name: ModelName): ApiModel =>
  loadModel(join(__dirname, "..", "..", "rehearsal", "cloud", "models"), name);

/** A cloud in temporary folders whose roles can all be assumed, apart from those in `untrusting`. */
export class TestCloud implements Cloud {
  readonly accountId = "111122223333";
  readonly region = "eu-central-1";
  readonly partition = "aws" as const;
  readonly root = mkdtempSync(join(tmpdir(), "test-cloud-"));
  readonly directory = join(this.root, "run");
  readonly cacheDirectory = join(this.root, "cache");
  readonly events: CloudEvent[] = [];
  readonly assumed: string[] = [];
  readonly untrusting = new Set<string>();
  readonly end = new AbortController();
  readonly signal = this.end.signal;
  readonly backend = {} as Backend;
  endpoint = "http://127.0.0.1:1";

  clientOptions(credentials: RoleCredentials) {
    return { region: this.region, endpoint: this.endpoint, credentials };
  }

  async assumeRole(roleArn: string, servicePrincipal: string): Promise<RoleCredentials> {
    if (this.untrusting.has(roleArn))
      throw new ServiceError("AccessDenied", `${roleArn} does not trust the service`);
    this.assumed.push(`${servicePrincipal} ${roleArn}`);
    return { accessKeyId: "ASIAROLE", secretAccessKey: "secret", sessionToken: roleArn };
  }

  assumeRoleAs(_credentials: RoleCredentials, roleArn: string): Promise<RoleCredentials> {
    return this.assumeRole(roleArn, "");
  }

  emit(event: CloudEvent): void {
    this.events.push(event);
  }

  log(): void {}

  remove(): void {
    this.end.abort();
    rmSync(this.root, { recursive: true, force: true });
  }
}
