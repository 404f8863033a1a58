import type { FaultReport, FaultRule } from "../cloud/faults/fault";

/** Plans faults in a local cloud for one principal. */
export class FaultClient {
  private readonly url: string;

  constructor(
    endpoint: string,
    name: string,
    /** Part of the ARN that the calls come from. */
    private readonly principal: string,
  ) {
    this.url = `${endpoint}/_local/faults/${name}`;
  }

  async plan(rules: readonly FaultRule[]): Promise<void> {
    await this.ask("PUT", { principal: this.principal, rules });
  }

  async report(): Promise<FaultReport> {
    return (await this.ask("GET")) as FaultReport;
  }

  async cancel(): Promise<void> {
    await this.ask("DELETE");
  }

  private async ask(method: string, body?: object): Promise<unknown> {
    const response = await fetch(this.url, { method, body: body && JSON.stringify(body) });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${this.url}: ${JSON.stringify(answer)}`);
    return answer;
  }
}
