import { Agent, get } from "node:http";
import type { ToyCloud } from "../instances/toy-cloud";
import { loadBalancerArn } from "../instances/toy-emulator";
import { until } from "../../../support/until";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Asks the load balancer again and again until it is stopped, some requests at a time, and keeps every answer. */
export class Load {
  readonly answers: Answer[] = [];
  private stopped = false;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly clients: Promise<void>[];

  constructor(
    private readonly cloud: ToyCloud,
    clients = 4,
  ) {
    this.clients = Array.from({ length: clients }, () => this.run());
  }

  failed(): Answer[] {
    return this.answers.filter(({ status }) => status !== 200);
  }

  versions(): Set<string> {
    return new Set(this.answers.map(({ body }) => body));
  }

  /** The next answers to requests that have not been sent yet. */
  async more(count: number): Promise<Answer[]> {
    const begin = this.answers.length + this.clients.length;
    await until(
      () => this.answers.length,
      (length) => length >= begin + count,
    );
    return this.answers.slice(begin);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
    this.agent.destroy();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.answers.push(await this.ask());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  private ask(): Promise<Answer> {
    const { port } = this.cloud.elb.addressOf(loadBalancerArn)!;
    return new Promise((resolve) => {
      get({ host: "127.0.0.1", port, path: "/", agent: this.agent }, (response) => {
        let body = "";
        response.on("data", (chunk) => (body += String(chunk)));
        response.on("end", () => resolve({ status: response.statusCode!, body }));
      }).on("error", (error) => resolve({ status: 0, body: error.message }));
    });
  }
}
