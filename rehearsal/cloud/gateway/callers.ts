import type { HttpRequest } from "../api/protocol";
import type { Caller } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { EmulatorBackdoor, KeyOwner } from "../emulator/backdoor";
import { type CredentialScope, signatureFits } from "./signature";

/** Finds out who signed a request; the emulator's IAM and STS know the keys. */
export class Callers {
  constructor(private readonly emulator: EmulatorBackdoor) {}

  /** @throws ServiceError InvalidClientTokenId, ExpiredTokenException, InvalidSignatureException, … */
  async of(request: HttpRequest, scope: CredentialScope): Promise<Caller> {
    const { secretAccessKey, ...caller } = await this.resolve(
      scope.accessKeyId,
      request.headers["x-amz-security-token"] ?? "",
    );
    // the account's own keys have no secret worth checking, as in the emulator
    if (!caller.arn.endsWith(":root") && !signatureFits(request, scope, secretAccessKey))
      throw new ServiceError(
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
        403,
      );
    return caller;
  }

  /** The owner of a user name for git, and the password that goes with it. @throws ServiceError when nobody has it */
  async gitUser(userName: string): Promise<{ caller: Caller; password: string }> {
    const { password, ...caller } = await this.emulator.gitUser(userName);
    return { caller: { ...caller, accessKeyId: userName }, password };
  }

  /** The owner of a key and its secret. @throws ServiceError when the key is unknown, expired or comes with a wrong token */
  async resolve(accessKeyId: string, sessionToken: string): Promise<KeyOwner> {
    return this.emulator.keyOwner(accessKeyId, sessionToken);
  }

  /** The ARN of a key's owner, or undefined when nobody knows the key. */
  async nameOf(accessKeyId: string, sessionToken: string): Promise<string | undefined> {
    try {
      return (await this.resolve(accessKeyId, sessionToken)).arn;
    } catch (error) {
      if (error instanceof ServiceError) return undefined;
      throw error;
    }
  }
}
