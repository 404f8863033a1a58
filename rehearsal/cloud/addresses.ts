import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { HttpResponse } from "./api/protocol";
import type { Cloud } from "./cloud";
import type { Instances } from "./instances/instances";
import type { LoadBalancing } from "./loadbalancing/load-balancing";

/** Where the local cloud has put what has a DNS name or a private address on AWS: loopback URLs by that name or id. */
export interface LocalAddresses {
  /** by DNS name */
  readonly loadBalancers: Readonly<Record<string, string>>;
  /** by instance id */
  readonly instances: Readonly<Record<string, string>>;
}

/** Answers `GET /_local/addresses`, which AWS has no counterpart for. */
export async function localAddresses(
  { backend }: Cloud,
  balancing: LoadBalancing,
  instances: Instances,
): Promise<HttpResponse> {
  const { LoadBalancers } = await backend.elb.send(new DescribeLoadBalancersCommand({}));
  const { Reservations } = await backend.ec2.send(new DescribeInstancesCommand({}));
  const url = (port: number | undefined): string | undefined =>
    port ? `http://127.0.0.1:${port}` : undefined;
  const answer = {
    loadBalancers: Object.fromEntries(
      (LoadBalancers ?? []).map(({ DNSName }) => [DNSName, url(balancing.addressOf(DNSName!)?.port)]),
    ),
    instances: Object.fromEntries(
      (Reservations ?? [])
        .flatMap((reservation) => reservation.Instances ?? [])
        .map(({ InstanceId }) => [InstanceId, url(instances.portOf(InstanceId!, 8080))]),
    ),
  };
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(answer) };
}
