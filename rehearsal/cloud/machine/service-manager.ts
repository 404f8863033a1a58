import { readFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import type { MachinePaths } from "./machine-paths";
import { ServiceProcess } from "./service-process";
import { BadUnit, readService } from "./service-settings";
import { enabledUnits, findUnit } from "./units";

/** What systemd is on a real machine: starts and stops its services, and answers its `systemctl`. */
export class ServiceManager {
  private readonly services = new Map<string, ServiceProcess>();
  private server: Server | undefined;

  constructor(
    private readonly paths: MachinePaths,
    private readonly logs: string,
    private readonly changed: () => void,
  ) {}

  /** Opens the door for `systemctl`; returns its URL. */
  async listen(): Promise<string> {
    const server = createServer((request, response) => {
      const [, verb = "", unit = ""] = (request.url ?? "").split("/").map(decodeURIComponent);
      void this.answer(verb, unit).then((answer) => response.end(JSON.stringify(answer)));
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  }

  environment: Readonly<Record<string, string>> = {};

  /** Starts everything that is enabled; returns how many of them are to keep running. */
  async boot(): Promise<number> {
    const units = enabledUnits(this.paths.root);
    await Promise.all(units.map((unit) => this.start(unit)));
    return units.length - [...this.services.values()].filter(({ oneshot }) => oneshot).length;
  }

  /** A unit that has done its one thing is active, but nothing of it runs. */
  running(): boolean {
    return [...this.services.values()].some(
      ({ state, oneshot }) => !oneshot && (state === "active" || state === "activating"),
    );
  }

  isActive(unit: string): boolean {
    return this.services.get(unit)?.state === "active";
  }

  async shutDown(): Promise<void> {
    await Promise.all([...this.services.values()].map((service) => service.stop()));
    this.close();
  }

  async kill(): Promise<void> {
    this.close();
    await Promise.all([...this.services.values()].map((service) => service.kill()));
  }

  private close(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  private async start(unit: string): Promise<string | undefined> {
    const file = findUnit(this.paths.root, unit);
    if (!file) return `unit ${unit} was not found`;
    const known = this.services.get(unit);
    if (known && known.state !== "inactive" && known.state !== "failed") return undefined;
    const log = join(this.logs, `${unit}.log`);
    try {
      const settings = readService(readFileSync(file, "utf8"), this.paths);
      const service = new ServiceProcess(unit, settings, this.paths, this.environment, log, this.changed);
      this.services.set(unit, service);
      await service.start();
      return service.failure;
    } catch (error) {
      if (!(error instanceof BadUnit)) throw error;
      await appendFile(log, `systemd: ${unit}: ${error.message}\n`);
      return error.message;
    }
  }

  private async answer(verb: string, unit: string): Promise<{ state: string; failure?: string }> {
    let failure: string | undefined;
    if (verb === "start") failure = await this.start(unit);
    if (verb === "stop") await this.services.get(unit)?.stop();
    const state = this.services.get(unit)?.state ?? "inactive";
    return { state, ...(failure === undefined ? {} : { failure }) };
  }
}
