import { ServiceError } from "../api/service-error";

/** Makes a request that is sent twice with the same client token one request. */
export class ClientTokens {
  private readonly seen = new Map<string, { readonly input: string; readonly output: Promise<unknown> }>();

  /** @throws ServiceError IdempotentParameterMismatchException when the token came with another request before */
  async once<T>(
    operation: string,
    input: { clientToken?: string | undefined },
    run: () => T | Promise<T>,
  ): Promise<T> {
    const key = `${operation} ${input.clientToken ?? ""}`;
    const text = JSON.stringify(input);
    const before = this.seen.get(key);
    if (before && before.input !== text)
      throw new ServiceError(
        "IdempotentParameterMismatchException",
        `The client token '${input.clientToken}' was used with different parameters before`,
      );
    if (before) return before.output as Promise<T>;
    const output = Promise.resolve().then(run);
    this.seen.set(key, { input: text, output });
    // a request that failed may be sent again
    output.catch(() => this.seen.delete(key));
    return output;
  }
}
