import autocannon from "autocannon";
import { type Answer, LoadReport } from "./load-report";

/** Requests a second that a fleet gets all through the drills. */
export const requestsPerSecond = 200;
const connections = 20;
/** Longer than any drill: it ends when it is told to. */
const durationSeconds = 24 * 60 * 60;

/** Asks an address at a steady rate and keeps every answer. */
export class LoadGenerator {
  private readonly answers: Answer[] = [];
  private readonly timers: readonly NodeJS.Timeout[];
  private readonly running: { readonly instance: autocannon.Instance; readonly ended: Promise<unknown> }[] =
    [];

  /** autocannon sends what a second allows at its beginning; connections that begin one after the other fill the second. */
  constructor(private readonly address: string) {
    const offsets = Array.from({ length: connections }, (_, index) => (index * 1000) / connections);
    this.timers = offsets.map((offset) => setTimeout(() => this.begin(), offset));
  }

  /** What was answered since a moment, until now. */
  since(moment: number): LoadReport {
    return new LoadReport(
      this.answers.filter(({ at }) => at >= moment),
      (Date.now() - moment) / 1000,
    );
  }

  async stop(): Promise<void> {
    this.timers.forEach(clearTimeout);
    for (const { instance } of this.running) instance.stop();
    await Promise.all(this.running.map(({ ended }) => ended));
  }

  private begin(): void {
    let end!: (result?: unknown) => void;
    const ended = new Promise((resolve) => (end = resolve));
    const instance = autocannon(
      {
        url: this.address,
        connections: 1,
        overallRate: requestsPerSecond / connections,
        duration: durationSeconds,
        timeout: 10,
        requests: [{ method: "GET", path: "/", onResponse: (status, body) => this.answered(status, body) }],
        setupClient: (client) => this.watch(client),
      },
      end,
    );
    this.running.push({ instance, ended });
  }

  private answered(status: number, body: string): void {
    this.answers.push({ at: Date.now(), status, ...whoAnswers(body) });
  }

  /** autocannon forgets a request whose connection was closed, and sends the next one: here it counts as failed. */
  private watch(client: autocannon.Client): void {
    // of its events @types/autocannon knows but a few
    const events: NodeJS.EventEmitter = client;
    let waiting = false;
    const lost = (error: string): void => {
      if (waiting)
        this.answers.push({ at: Date.now(), status: 0, version: undefined, instance: undefined, error });
      waiting = false;
    };
    events.on("request", () => {
      lost("no answer");
      waiting = true;
    });
    events.on("response", () => (waiting = false));
    events.on("connError", (error: Error) => lost(error.message));
  }
}

function whoAnswers(body: string): Pick<Answer, "version" | "instance"> {
  try {
    const { version, instance } = JSON.parse(body) as Record<string, unknown>;
    return {
      version: typeof version === "string" ? version : undefined,
      instance: typeof instance === "string" ? instance : undefined,
    };
  } catch {
    // the load balancer's own page
    return { version: undefined, instance: undefined };
  }
}
