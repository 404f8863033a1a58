import type { TargetHealth } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Clock } from "../instances/clock";
import { pause } from "../instances/every";
import { checkHealth } from "./health-check";
import { Target } from "./target";
import { afterCheck, draining, notInUse, notRegistered } from "./target-health";

/** What the emulator knows about a target group. Seconds are those of AWS. */
export interface TargetGroupSettings {
  readonly port: number;
  readonly healthCheckPath: string;
  readonly matcher: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly deregistrationDelaySeconds: number;
}

/** Loopback port that stands for a port of an instance, or undefined when nothing listens there. */
export type PortOf = (instanceId: string, port: number) => number | undefined;

/** Shortest real pause between two checks, however fast the clock: a target has other things to do. */
const shortestPause = 100;

/** A target group at work: it checks its targets and knows which of them may have the next request. */
export class TargetGroup {
  private readonly targets = new Map<string, Target>();
  private turn = 0;
  /** Is a listener forwarding to the group? Targets are checked and used only then. */
  inUse = false;

  constructor(
    readonly arn: string,
    public settings: TargetGroupSettings,
    private readonly clock: Clock,
    private readonly portOf: PortOf,
  ) {}

  register(id: string, port = this.settings.port): void {
    const key = keyOf(id, port);
    const before = this.targets.get(key);
    if (before && !before.draining) return;
    const target = new Target(id, port);
    this.targets.set(key, target);
    void this.check(target);
  }

  /** Stops sending requests to the targets of an instance; resolves when those in flight are over, or the delay is. */
  async deregister(id: string, port?: number): Promise<void> {
    await Promise.all(this.of(id, port).map((target) => this.drain(target)));
  }

  /** Health of one registered port of an instance, or of the only one. */
  healthOf(id: string, port?: number): TargetHealth {
    const [target] = this.of(id, port);
    if (!target) return notRegistered;
    if (target.draining) return draining;
    if (!this.inUse) return notInUse;
    const { state, reason, description } = target.health;
    return { State: state, Reason: reason, Description: description };
  }

  all(): readonly Target[] {
    return [...this.targets.values()];
  }

  count(state: "healthy" | "unhealthy"): number {
    return this.all().filter((target) => !target.draining && target.health.state === state).length;
  }

  /**
   * The target of the next request, in turn. When every checked target is unhealthy they all get requests, as on AWS;
   * one that has not passed its first check never does.
   */
  next(): Target | undefined {
    const registered = this.all().filter((target) => !target.draining);
    const healthy = registered.filter((target) => target.health.state === "healthy");
    const candidates =
      healthy.length > 0 ? healthy : registered.filter((target) => target.health.state === "unhealthy");
    return candidates.length === 0 ? undefined : candidates[this.turn++ % candidates.length];
  }

  loopbackPortOf(target: Target): number | undefined {
    return this.portOf(target.id, target.port);
  }

  close(): void {
    for (const target of this.targets.values()) target.checks.abort();
    this.targets.clear();
  }

  private of(id: string, port: number | undefined): Target[] {
    return this.all().filter((target) => target.id === id && (port === undefined || target.port === port));
  }

  private async drain(target: Target): Promise<void> {
    const delay = this.clock.milliseconds(this.settings.deregistrationDelaySeconds);
    target.draining = true;
    target.checks.abort();
    const patience = new AbortController();
    await Promise.race([target.idle(), pause(delay, patience.signal)]);
    patience.abort();
    const key = keyOf(target.id, target.port);
    if (this.targets.get(key) === target) this.targets.delete(key);
  }

  private async check(target: Target): Promise<void> {
    const { signal } = target.checks;
    while (!signal.aborted) {
      if (this.inUse) {
        const { healthCheckPath: path, matcher, timeoutSeconds } = this.settings;
        const check = { path, matcher, timeoutMilliseconds: timeoutSeconds * 1000 };
        const result = await checkHealth(this.loopbackPortOf(target), check);
        const thresholds = {
          healthy: this.settings.healthyThreshold,
          unhealthy: this.settings.unhealthyThreshold,
        };
        if (!signal.aborted) target.health = afterCheck(target.health, result, thresholds);
      }
      await pause(Math.max(shortestPause, this.clock.milliseconds(this.settings.intervalSeconds)), signal);
    }
  }
}

const keyOf = (id: string, port: number): string => `${id}:${port}`;
