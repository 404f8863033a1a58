import type { FaultReport, FaultRule } from "../cloud/faults/fault";

/** Plans faults in a local cloud for one client. */
export class FaultClient {
  private readonly url: string;

  constructor(
    endpoint: string,
    name: string,
    /** Parts of the ARNs that the calls come from. */
    private readonly principals: readonly string[],
  ) {
    this.url = `${endpoint}/_local/faults/${name}`;
  }

  async plan(rules: readonly FaultRule[]): Promise<void> {
    await this.ask("PUT", { principals: this.principals, rules });
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
