import { GetInstanceProfileCommand } from "@aws-sdk/client-iam";
import type { Cloud, RoleCredentials } from "../cloud";
import type { Instance } from "./instance";

interface Held {
  readonly roleName: string;
  readonly credentials: RoleCredentials;
  readonly from: Date;
  readonly to: Date;
}

/** Credentials that an instance gets from the metadata service: those of its instance profile's role. */
export class InstanceCredentials {
  private readonly held = new Map<string, Held>();

  constructor(private readonly cloud: Cloud) {}

  async roleNameOf(instance: Instance): Promise<string | undefined> {
    return (await this.roleOf(instance))?.name;
  }

  async documentOf(instance: Instance): Promise<Record<string, string> | undefined> {
    const held = await this.current(instance);
    if (!held) return undefined;
    return {
      Code: "Success",
      LastUpdated: iso(held.from),
      Type: "AWS-HMAC",
      AccessKeyId: held.credentials.accessKeyId,
      SecretAccessKey: held.credentials.secretAccessKey,
      Token: held.credentials.sessionToken,
      Expiration: iso(held.to),
    };
  }

  private async current(instance: Instance): Promise<Held | undefined> {
    const before = this.held.get(instance.id);
    // renewed well before they expire, as clients expect of the real service
    if (before && before.to.getTime() - Date.now() > 15 * 60_000) return before;
    const role = await this.roleOf(instance);
    if (!role) return undefined;
    const credentials = await this.cloud.assumeRole(role.arn, "ec2.amazonaws.com", instance.id);
    const from = new Date();
    const held = { roleName: role.name, credentials, from, to: new Date(from.getTime() + 60 * 60_000) };
    this.held.set(instance.id, held);
    return held;
  }

  private async roleOf(instance: Instance): Promise<{ name: string; arn: string } | undefined> {
    const profile = instance.template.instanceProfile;
    if (!profile) return undefined;
    const found = await this.cloud.backend.iam
      .send(new GetInstanceProfileCommand({ InstanceProfileName: profile }))
      .catch(() => undefined);
    const role = found?.InstanceProfile?.Roles?.[0];
    return role && { name: role.RoleName!, arn: role.Arn! };
  }
}

const iso = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, "Z");
