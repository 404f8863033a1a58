import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { clockAt } from "../../../../rehearsal/cloud/instances/clock";
import { Listener } from "../../../../rehearsal/cloud/loadbalancing/listener";
import { TargetGroup } from "../../../../rehearsal/cloud/loadbalancing/target-group";
import { until } from "../../../support/until";

const settings = {
  port: 8080,
  healthCheckPath: "/health",
  matcher: "200",
  intervalSeconds: 1,
  timeoutSeconds: 1,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  deregistrationDelaySeconds: 10,
};

describe("a listener", () => {
  const servers = new Map<string, Server>();
  const counted = new Map<string, number>();
  let group: TargetGroup;
  let listener: Listener;

  const target = async (id: string, answer: RequestListener): Promise<void> => {
    const server = createServer((request, response) => {
      if (request.url === "/health") response.end();
      else answer(request, response);
    });
    servers.set(id, server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  };
  const ask = (path = "/", init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${listener.port}${path}`, { redirect: "manual", ...init });
  const healthy = (count: number): Promise<number> =>
    until(
      () => group.count("healthy"),
      (seen) => seen === count,
    );

  beforeEach(async () => {
    const portOf = (id: string): number | undefined =>
      (servers.get(id)?.address() as AddressInfo | null)?.port;
    group = new TargetGroup("arn:targets", settings, clockAt(10), portOf);
    group.inUse = true;
    listener = new Listener(
      80,
      { type: "forward", targetGroupArn: group.arn },
      {
        group: (arn) => (arn === group.arn ? group : undefined),
        count: (count) => void counted.set(count, (counted.get(count) ?? 0) + 1),
        idleTimeoutMilliseconds: 500,
      },
    );
    await listener.listen();
  });
  afterEach(async () => {
    group.close();
    await listener.close();
    for (const server of servers.values()) {
      server.closeAllConnections();
      server.close();
    }
    servers.clear();
    counted.clear();
  });

  it("asks healthy targets in turn and says who asked", async () => {
    const headers: IncomingMessage["headers"][] = [];
    for (const id of ["i-1", "i-2"]) {
      await target(id, (request, response) => {
        headers.push(request.headers);
        response.end(id);
      });
      group.register(id);
    }
    await healthy(2);
    const answers = await Promise.all([1, 2, 3, 4].map(async () => (await ask()).text()));
    expect(answers.sort()).toEqual(["i-1", "i-1", "i-2", "i-2"]);
    expect(headers[0]).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-port": "80",
    });
    expect(counted.get("HTTPCode_Target_2XX_Count")).toBe(4);
  });

  it("carries bodies both ways", async () => {
    await target("i-1", (request, response) => void request.pipe(response));
    group.register("i-1");
    await healthy(1);
    const body = "x".repeat(300_000);
    expect(await (await ask("/", { method: "POST", body })).text()).toBe(body);
  });

  it("answers 503 when no target may be asked: none registered, or none checked yet", async () => {
    expect((await ask()).status).toBe(503);
    group.inUse = false;
    group.register("i-1");
    expect((await ask()).status).toBe(503);
    expect(counted.get("HTTPCode_ELB_5XX_Count")).toBe(2);
  });

  it("answers 502 when the target hangs up or is not there, and 504 when it does not answer", async () => {
    await target("i-1", (request) => {
      if (request.url === "/hang-up") request.socket.destroy();
    });
    group.register("i-1");
    await healthy(1);
    expect((await ask("/hang-up")).status).toBe(502);
    expect((await ask("/silence")).status).toBe(504);
    servers.get("i-1")!.close();
    servers.get("i-1")!.closeAllConnections();
    expect((await ask()).status).toBe(502);
  });

  it("lets requests in flight end when a target is deregistered, and sends no new ones", async () => {
    let finish: () => void = () => undefined;
    await target("i-1", (_, response) => {
      finish = () => response.end("late");
    });
    group.register("i-1");
    await healthy(1);
    const inFlight = ask();
    await until(
      () => finish.name,
      () => counted.get("RequestCount") === 1,
    );
    let drained = false;
    const draining = group.deregister("i-1").then(() => (drained = true));
    expect(group.healthOf("i-1").State).toBe("draining");
    expect((await ask()).status).toBe(503);
    expect(drained).toBe(false);
    finish();
    expect(await (await inFlight).text()).toBe("late");
    await draining;
    expect(group.healthOf("i-1").State).toBe("unused");
  });

  it("gives up a target that is still busy after the deregistration delay", async () => {
    await target("i-1", () => undefined);
    group.register("i-1");
    await healthy(1);
    const inFlight = ask().catch(() => undefined);
    await until(
      () => counted.get("RequestCount"),
      (count) => count === 1,
    );
    group.settings = { ...settings, deregistrationDelaySeconds: 1 };
    const before = Date.now();
    await group.deregister("i-1");
    expect(Date.now() - before).toBeGreaterThanOrEqual(90);
    await inFlight;
  });

  it("takes a failing target out, and asks the failing ones when there are no others", async () => {
    await target("i-1", (_, response) => void response.end("one"));
    group.settings = { ...settings, matcher: "204" };
    group.register("i-1");
    await until(
      () => group.count("unhealthy"),
      (count) => count === 1,
    );
    expect(group.healthOf("i-1")).toMatchObject({ Reason: "Target.ResponseCodeMismatch" });
    expect(await (await ask()).text()).toBe("one");
  });

  it("redirects and answers by itself", async () => {
    listener.action = {
      type: "redirect",
      status: 301,
      location: (_, path) => `https://hello.example${path}`,
    };
    const redirect = await ask("/a?b=c");
    expect([redirect.status, redirect.headers.get("location")]).toEqual([301, "https://hello.example/a?b=c"]);
    listener.action = { type: "fixed-response", status: 418, contentType: "text/plain", body: "no" };
    expect(await (await ask()).text()).toBe("no");
  });
});
