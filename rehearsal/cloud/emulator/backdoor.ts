import type { Caller } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { RoleCredentials } from "../cloud";

export interface KeyOwner extends Caller {
  readonly secretAccessKey: string;
}

/** The gateway's own questions to the emulator, which launch.py answers. */
export class EmulatorBackdoor {
  constructor(
    private readonly port: number,
    private readonly token: string,
  ) {}

  /** @throws ServiceError when the key is unknown or expired, or the session token is wrong */
  async keyOwner(accessKeyId: string, sessionToken: string): Promise<KeyOwner> {
    const answer = await this.ask<Omit<KeyOwner, "accessKeyId">>(
      `credentials/${encodeURIComponent(accessKeyId)}`,
      {
        headers: { "x-gateway-session-token": sessionToken },
      },
    );
    return { ...answer, accessKeyId };
  }

  /** Who has a user name for git, and its password. @throws ServiceError when nobody has it */
  gitUser(userName: string): Promise<Omit<Caller, "accessKeyId"> & { readonly password: string }> {
    return this.ask(`git-credentials/${encodeURIComponent(userName)}`, {});
  }

  /** Credentials of a role, without any further decision. */
  session(roleName: string, sessionName: string): Promise<RoleCredentials> {
    return this.ask(`sessions/${encodeURIComponent(roleName)}/${encodeURIComponent(sessionName)}`, {
      method: "POST",
    });
  }

  /** PutEvents that also takes events of AWS's own sources. */
  async putEvents(region: string, entries: readonly object[]): Promise<void> {
    await this.ask(`events/${region}`, { method: "POST", body: JSON.stringify({ Entries: entries }) });
  }

  private async ask<T>(question: string, request: RequestInit): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.port}/_gateway/${question}`, {
      ...request,
      headers: { ...request.headers, "x-gateway-token": this.token },
    });
    const answer = (await response.json()) as T & { code: string; message: string };
    if (!response.ok) throw new ServiceError(answer.code, answer.message, response.status);
    return answer;
  }
}
