import { randomBytes } from "node:crypto";

/** Session tokens of the instance metadata service, version 2: valid for one instance and for the time asked for. */
export class MetadataTokens {
  private readonly tokens = new Map<string, { readonly instanceId: string; readonly ends: number }>();

  issue(instanceId: string, seconds: number): string {
    const now = Date.now();
    for (const [token, { ends }] of this.tokens) if (ends <= now) this.tokens.delete(token);
    const token = randomBytes(42).toString("base64");
    this.tokens.set(token, { instanceId, ends: now + seconds * 1000 });
    return token;
  }

  /** Seconds that a token is still good for on this instance, or undefined when it is not. */
  remaining(instanceId: string, token: string | undefined): number | undefined {
    const found = token === undefined ? undefined : this.tokens.get(token);
    if (!found || found.instanceId !== instanceId || found.ends <= Date.now()) return undefined;
    return Math.ceil((found.ends - Date.now()) / 1000);
  }
}
