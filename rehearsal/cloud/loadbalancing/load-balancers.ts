import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  type ElasticLoadBalancingV2Client,
  type LoadBalancer as LoadBalancerRecord,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { defaultAction } from "./default-action";
import { Listener } from "./listener";
import type { TargetGroups } from "./target-groups";
import type { TrafficCounts } from "./traffic-counts";

interface LoadBalancer {
  readonly arn: string;
  readonly dnsName: string;
  readonly listeners: Map<string, Listener>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** ALB's default; attributes other than it are not carried out. */
const idleTimeoutMilliseconds = 60_000;

/** Every load balancer that the emulator has, with its listeners as loopback ports. */
export class LoadBalancers {
  private readonly loadBalancers = new Map<string, LoadBalancer>();

  constructor(
    private readonly elb: ElasticLoadBalancingV2Client,
    private readonly targetGroups: TargetGroups,
    private readonly counts: TrafficCounts,
    private readonly log: (text: string) => void,
  ) {}

  /** The loopback address of a load balancer by its ARN or DNS name: of the listener that forwards, if one does. */
  addressOf(arnOrDnsName: string): Address | undefined {
    const found = [...this.loadBalancers.values()].find(
      ({ arn, dnsName }) => arn === arnOrDnsName || dnsName.toLowerCase() === arnOrDnsName.toLowerCase(),
    );
    const listeners = [...(found?.listeners.values() ?? [])];
    const listener = listeners.find(({ action }) => action?.type === "forward") ?? listeners[0];
    return listener && { host: "127.0.0.1", port: listener.port };
  }

  /** Load balancer and target group of every listener that forwards. */
  routes(): { loadBalancerArn: string; targetGroupArn: string }[] {
    return [...this.loadBalancers.values()].flatMap(({ arn, listeners }) =>
      [...listeners.values()].flatMap(({ action }) =>
        action?.type === "forward" ? [{ loadBalancerArn: arn, targetGroupArn: action.targetGroupArn }] : [],
      ),
    );
  }

  arns(): readonly string[] {
    return [...this.loadBalancers.keys()];
  }

  /** Takes over what was created, changed and deleted in the emulator. */
  async follow(): Promise<void> {
    const found = await this.elb.send(new DescribeLoadBalancersCommand({}));
    const records = found.LoadBalancers ?? [];
    for (const record of records) await this.followOne(record);
    const known = new Set(records.map((record) => record.LoadBalancerArn));
    for (const [arn, { listeners }] of this.loadBalancers) {
      if (known.has(arn)) continue;
      this.loadBalancers.delete(arn);
      await Promise.all([...listeners.values()].map((listener) => listener.close()));
    }
    const used = new Set(this.routes().map(({ targetGroupArn }) => targetGroupArn));
    for (const group of this.targetGroups.all()) group.inUse = used.has(group.arn);
  }

  async close(): Promise<void> {
    const listeners = [...this.loadBalancers.values()].flatMap((loadBalancer) => [
      ...loadBalancer.listeners.values(),
    ]);
    await Promise.all(listeners.map((listener) => listener.close()));
  }

  private async followOne(record: LoadBalancerRecord): Promise<void> {
    const arn = record.LoadBalancerArn!;
    const found = await this.elb.send(new DescribeListenersCommand({ LoadBalancerArn: arn }));
    let loadBalancer = this.loadBalancers.get(arn);
    if (!loadBalancer) {
      loadBalancer = { arn, dnsName: record.DNSName ?? "", listeners: new Map() };
      this.loadBalancers.set(arn, loadBalancer);
    }
    const { listeners } = loadBalancer;
    for (const { ListenerArn, Port, DefaultActions } of found.Listeners ?? []) {
      const action = defaultAction(DefaultActions ?? []);
      const before = listeners.get(ListenerArn!);
      if (before) before.action = action;
      else listeners.set(ListenerArn!, await this.open(arn, Port ?? 80, action));
    }
    const known = new Set((found.Listeners ?? []).map((listener) => listener.ListenerArn));
    for (const [listenerArn, listener] of listeners) {
      if (known.has(listenerArn)) continue;
      listeners.delete(listenerArn);
      await listener.close();
    }
  }

  private async open(arn: string, port: number, action: ReturnType<typeof defaultAction>): Promise<Listener> {
    const listener = new Listener(port, action, {
      group: (targetGroupArn) => this.targetGroups.get(targetGroupArn),
      count: (count, targetGroupArn) => this.counts.add(count, arn, targetGroupArn),
      idleTimeoutMilliseconds,
    });
    await listener.listen();
    this.log(`port ${port} of ${arn.split("/").at(-2)} is 127.0.0.1:${listener.port}`);
    return listener;
  }
}
