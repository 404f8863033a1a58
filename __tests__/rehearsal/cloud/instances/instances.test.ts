import type { Instance } from "../../../../rehearsal/cloud/instances/instance";
import { Instances } from "../../../../rehearsal/cloud/instances/instances";
import { readLaunchTemplate } from "../../../../rehearsal/cloud/instances/launch-template";
import { ToyCloud } from "./toy-cloud";
import { until } from "../../../support/until";

describe("instances", () => {
  let cloud: ToyCloud;
  beforeEach(async () => {
    cloud = new ToyCloud();
    await cloud.start(100);
  });
  afterEach(() => cloud.end());

  const launch = async (version = "1"): Promise<Instance> => {
    const template = await readLaunchTemplate(cloud.emulator.backend().ec2, { name: "hello", version });
    return cloud.instances.launch({ template, subnetId: "subnet-a", tags: new Map() });
  };

  it("run what their image holds, on a port that stands for 8080", async () => {
    const { id } = await launch();
    const port = cloud.instances.portOf(id, 8080);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("v1");
    expect(cloud.instances.portOf(id, 22)).toBeUndefined();
  });

  it("run without a service when their image was not built here", async () => {
    const { id, state } = await launch("9");
    expect(state).toBe("running");
    expect(cloud.instances.portOf(id, 8080)).toBeUndefined();
  });

  it("leave no record when their machine can't boot", async () => {
    const broken = new Instances({
      cloud: cloud.asCloud(),
      boot: () => Promise.reject(new Error("no disk space")),
      images: { rootOf: () => "root" },
      startAgents: () => ({ stop: () => Promise.resolve() }),
    });
    const template = await readLaunchTemplate(cloud.emulator.backend().ec2, { name: "hello", version: "1" });
    await expect(broken.launch({ template, subnetId: "subnet-a", tags: new Map() })).rejects.toThrow(
      "no disk space",
    );
    expect([...cloud.emulator.records.values()].map(({ state }) => state)).toEqual(["terminated"]);
  });

  it("end with their process and their record when they are terminated", async () => {
    const { id, machine } = await launch();
    await cloud.instances.terminate(id);
    await machine!.ended;
    expect(cloud.emulator.records.get(id)!.state).toBe("terminated");
    await cloud.instances.terminate(id);
  });

  it("follow what clients do to them through the plain EC2 API", async () => {
    const instance = await launch();
    const record = cloud.emulator.records.get(instance.id)!;
    record.state = "stopped";
    await until(
      () => instance.state,
      (state) => state === "stopped",
    );
    expect(cloud.instances.portOf(instance.id, 8080)).toBeUndefined();
    record.state = "running";
    await until(
      () => cloud.instances.portOf(instance.id, 8080),
      (port) => port !== undefined,
    );
    record.state = "terminated";
    await until(
      () => instance.state,
      (state) => state === "terminated",
    );
    expect(instance.machine!.running()).toBe(false);
  });

  it("stay running in EC2 when their service dies", async () => {
    const instance = await launch();
    instance.machine!.kill();
    await instance.machine!.ended;
    const looks = cloud.emulator.looks;
    await until(
      () => cloud.emulator.looks,
      (now) => now > looks + 1,
    );
    expect([instance.state, cloud.instances.portOf(instance.id, 8080)]).toEqual(["running", undefined]);
  });
});
