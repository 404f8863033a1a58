import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dispatch } from "../../../../rehearsal/cloud/api/dispatch";
import { loadModel } from "../../../../rehearsal/cloud/api/model";
import type { HttpRequest } from "../../../../rehearsal/cloud/api/protocol";
import type { Permission } from "../../../../rehearsal/cloud/api/service";
import { autoScaling } from "../../../../rehearsal/cloud/autoscaling/auto-scaling";
import type { Cloud, CloudEvent } from "../../../../rehearsal/cloud/cloud";
import { AlarmEvaluator } from "../../../../rehearsal/cloud/cloudwatch/alarm-evaluator";
import { MetricAlarms } from "../../../../rehearsal/cloud/cloudwatch/metric-alarms";
import { clockAt } from "../../../../rehearsal/cloud/instances/clock";
import { Instances } from "../../../../rehearsal/cloud/instances/instances";
import { MetadataService } from "../../../../rehearsal/cloud/instances/metadata";
import { loadBalancing } from "../../../../rehearsal/cloud/loadbalancing/load-balancing";
import { ToyEmulator } from "./toy-emulator";
import { bootToyMachine } from "./toy-machine";

const models = join(__dirname, "../../../../rehearsal/cloud/models");
const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };

/** Instances, load balancing, Auto Scaling and alarms over a toy emulator, behind their real wire protocol. */
export class ToyCloud {
  readonly emulator = new ToyEmulator();
  readonly events: CloudEvent[] = [];
  readonly permissions: Permission[] = [];
  readonly logged: string[] = [];
  /** What went wrong in the gateway itself. */
  private readonly unexpected: unknown[] = [];
  /** What the machine of each image does; images that are not here have no service. */
  readonly roots = new Map([
    ["ami-1", "v1"],
    ["ami-2", "v2"],
  ]);
  private readonly abort = new AbortController();
  private server!: Server;
  instances!: Instances;
  metadata!: MetadataService;
  alarms!: MetricAlarms;
  elb!: ReturnType<typeof loadBalancing>;
  private closers: (() => Promise<void> | undefined)[] = [];

  /** @param speed seconds of AWS in one real second */
  async start(speed: number): Promise<void> {
    const clock = clockAt(speed);
    const cloud = this.asCloud();
    this.instances = new Instances({
      cloud,
      boot: bootToyMachine,
      startAgents: () => ({ stop: () => Promise.resolve() }),
      images: { rootOf: (id) => this.roots.get(id) },
    });
    this.metadata = new MetadataService(cloud, this.instances);
    const portOf = (id: string, port: number): number | undefined => this.instances.portOf(id, port);
    this.elb = loadBalancing({ cloud, model: loadModel(models, "elbv2"), clock, portOf });
    const { targetGroups } = this.elb;
    const scaling = autoScaling({
      cloud,
      model: loadModel(models, "autoscaling"),
      clock,
      instances: this.instances,
      targetGroups,
    });
    this.alarms = new MetricAlarms(cloud.backend.cloudWatch);
    const evaluator = new AlarmEvaluator({ cloud, clock, alarms: this.alarms, metrics: this.elb.metrics });
    const evaluating = evaluator.run();
    const services = [...this.elb.services, ...scaling.services];
    this.closers = [
      () => scaling.close?.(),
      () => this.elb.close(),
      () => evaluating,
      () => this.instances.close(),
    ];
    this.server = createServer((incoming, outgoing) => {
      void read(incoming).then(async (request) => {
        const name = request.headers["authorization"]!.split("/")[3];
        const service = services.find((candidate) => candidate.name === name)!;
        const call = {
          caller: { accountId: "111122223333", arn: "arn:aws:iam::111122223333:root", accessKeyId: "test" },
          region: "eu-west-1",
          requestId: randomUUID(),
        };
        const answer = await dispatch(
          service,
          request,
          call,
          (_, permission) => Promise.resolve(void this.permissions.push(permission)),
          (error) => this.unexpected.push(error),
        );
        outgoing.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  client(): AutoScalingClient {
    return new AutoScalingClient(this.options());
  }

  elbClient(): ElasticLoadBalancingV2Client {
    return new ElasticLoadBalancingV2Client(this.options());
  }

  private options() {
    return { region: "eu-west-1", endpoint: this.endpoint(), credentials, maxAttempts: 1 };
  }

  /** @throws what went wrong in the gateway itself while it ran */
  async end(): Promise<void> {
    this.abort.abort();
    for (const close of this.closers) await close();
    this.server.closeAllConnections();
    this.server.close();
    if (this.unexpected.length > 0) throw this.unexpected[0];
  }

  private endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  asCloud(): Cloud {
    return {
      accountId: "111122223333",
      region: "eu-west-1",
      partition: "aws",
      endpoint: "http://127.0.0.1:1",
      directory: join(tmpdir(), "toy-cloud"),
      cacheDirectory: join(tmpdir(), "toy-cloud-cache"),
      backend: this.emulator.backend(),
      clientOptions: () => ({
        region: "eu-west-1",
        endpoint: this.endpoint(),
        credentials: { ...credentials, sessionToken: "" },
      }),
      assumeRole: () =>
        Promise.resolve({ accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token" }),
      assumeRoleAs: () => Promise.reject(new Error("not here")),
      emit: (event) => void this.events.push(event),
      log: (subject, text) => void this.logged.push(`${subject}: ${text}`),
      signal: this.abort.signal,
    };
  }
}

async function read(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? "GET",
    url: new URL(incoming.url ?? "/", "http://127.0.0.1"),
    headers: incoming.headers as Record<string, string>,
    body: Buffer.concat(chunks),
  };
}
