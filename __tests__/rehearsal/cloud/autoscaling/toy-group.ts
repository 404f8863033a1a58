import type {
  RefreshInstance,
  RefreshState,
  RefreshStep,
  RefreshView,
} from "../../../../rehearsal/cloud/autoscaling/refresh-state";

type Version = "old" | "new";

export interface ToyInstance {
  readonly id: string;
  readonly version: Version;
  readonly startedAt: number;
  readonly healthyAt: number;
  healthy: boolean;
  protected: boolean;
  endsAt: number | undefined;
}

export interface ToyGroupSettings {
  /** Seconds until an instance is healthy, in turn. */
  readonly startup: readonly number[];
  /** Seconds from the decision to terminate to the end. */
  readonly draining: number;
  readonly healthyVersions?: readonly Version[];
  readonly launchFailure?: string;
}

/** A group without machines: it does what a refresh says, in seconds of a clock that the test moves. */
export class ToyGroup {
  private instances: ToyInstance[] = [];
  matching: readonly string[] = [];
  alarms: readonly string[] = [];
  launched = 0;
  most = 0;
  mostStarting = 0;
  private now = 0;

  constructor(
    private readonly desired: number,
    private readonly settings: ToyGroupSettings,
  ) {
    for (let index = 1; index <= desired; index += 1)
      this.instances.push({ ...this.instance(`old-${index}`, "old", -1000, 0), healthy: true });
  }

  live(): ToyInstance[] {
    return this.instances.filter(({ endsAt }) => endsAt === undefined);
  }

  /** Ids of the live instances that are healthy and, when they are new to the refresh, warmed up. */
  ready(state: RefreshState, warmup: number): string[] {
    return this.live()
      .filter(
        ({ id, healthy, startedAt }) => healthy && (state.initial.has(id) || this.now >= startedAt + warmup),
      )
      .map(({ id }) => id);
  }

  protect(id: string): void {
    this.instances.find((instance) => instance.id === id)!.protected = true;
  }

  /** The youngest live instance is gone at once, as health checks would have it. */
  kill(): void {
    const victim = this.live().at(-1);
    this.instances = this.instances.filter((instance) => instance !== victim);
  }

  tick(now: number): void {
    this.now = now;
    this.instances = this.instances.filter(({ endsAt }) => endsAt === undefined || endsAt > now);
    for (const instance of this.instances)
      instance.healthy = this.gets(instance.version) && now >= instance.healthyAt;
  }

  apply({ terminate, capacity }: RefreshStep, now: number, version: Version): void {
    for (const instance of this.instances)
      if (terminate.includes(instance.id)) instance.endsAt = now + this.settings.draining;
    const missing = this.settings.launchFailure ? 0 : Math.max(0, capacity - this.live().length);
    for (let index = 0; index < missing; index += 1) {
      this.launched += 1;
      const { startup } = this.settings;
      this.instances.push(
        this.instance(
          `${version}-${now}-${this.launched}`,
          version,
          now,
          startup[this.launched % startup.length]!,
        ),
      );
    }
    this.most = Math.max(this.most, this.live().length);
    this.mostStarting = Math.max(this.mostStarting, this.live().filter(({ healthy }) => !healthy).length);
  }

  view(now: number): RefreshView {
    return {
      now,
      desired: this.desired,
      alarms: this.alarms,
      launchFailure: this.settings.launchFailure,
      instances: this.instances.map((instance): RefreshInstance => ({
        id: instance.id,
        lifecycle: instance.endsAt === undefined ? "inService" : "terminating",
        healthy: instance.healthy,
        complaint: instance.healthy ? undefined : "is unhealthy",
        inServiceAt: instance.startedAt,
        protectedFromScaleIn: instance.protected,
      })),
    };
  }

  private gets(version: Version): boolean {
    return (this.settings.healthyVersions ?? ["old", "new"]).includes(version);
  }

  private instance(id: string, version: Version, startedAt: number, startup: number): ToyInstance {
    return {
      id,
      version,
      startedAt,
      healthyAt: startedAt + startup,
      healthy: false,
      protected: false,
      endsAt: undefined,
    };
  }
}
