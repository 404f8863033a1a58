import {
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  type InstanceRefresh,
  RollbackInstanceRefreshCommand,
  StartInstanceRefreshCommand,
  type RefreshPreferences,
  CancelInstanceRefreshCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import { ToyCloud } from "../instances/toy-cloud";
import { loadBalancerArn, targetGroupArn } from "../instances/toy-emulator";
import { until } from "../../../support/until";
import { Load } from "./load";

const group = "hello";
const template = (version: string) => ({ LaunchTemplateId: "lt-0123456789abcdef0", Version: version });
const ended = ["Successful", "Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"];

describe("an instance refresh over running machines", () => {
  let cloud: ToyCloud;
  let load: Load;

  beforeEach(async () => {
    cloud = new ToyCloud();
    // an hour of trying is 12 seconds, a check every 10 seconds is one every 33 ms, at least 100
    await cloud.start(300);
    cloud.emulator.alarms.setState("errors", "OK");
    await cloud.client().send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: group,
        LaunchTemplate: template("1"),
        MinSize: 0,
        MaxSize: 4,
        DesiredCapacity: 2,
        VPCZoneIdentifier: "subnet-a,subnet-b",
        TargetGroupARNs: [targetGroupArn],
        HealthCheckType: "ELB",
        HealthCheckGracePeriod: 300,
      }),
    );
    await until(
      () => cloud.elb.targetGroups.get(targetGroupArn)?.count("healthy"),
      (healthy) => healthy === 2,
    );
    await until(
      () => cloud.elb.addressOf(loadBalancerArn),
      (address) => address !== undefined,
    );
    load = new Load(cloud);
  });
  afterEach(async () => {
    await load?.stop();
    await cloud.end();
  });

  const start = async (preferences: RefreshPreferences = {}): Promise<void> => {
    await cloud.client().send(
      new StartInstanceRefreshCommand({
        AutoScalingGroupName: group,
        DesiredConfiguration: { LaunchTemplate: template("2") },
        Preferences: {
          MinHealthyPercentage: 100,
          MaxHealthyPercentage: 200,
          InstanceWarmup: 60,
          AutoRollback: true,
          AlarmSpecification: { Alarms: ["errors"] },
          ScaleInProtectedInstances: "Ignore",
          StandbyInstances: "Ignore",
          ...preferences,
        },
      }),
    );
  };
  const latest = async (): Promise<InstanceRefresh> => {
    const found = await cloud
      .client()
      .send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group }));
    return found.InstanceRefreshes![0]!;
  };
  const outcome = (): Promise<InstanceRefresh> =>
    until(latest, ({ Status }) => ended.includes(Status!), 40_000);
  const versionOfGroup = async (): Promise<string | undefined> => {
    const found = await cloud
      .client()
      .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }));
    return found.AutoScalingGroups![0]!.LaunchTemplate!.Version;
  };

  it("replaces the fleet without a failed request and saves the new version on the group", async () => {
    await start();
    const refresh = await outcome();
    const after = await load.more(40);

    expect(refresh).toMatchObject({ Status: "Successful", PercentageComplete: 100, InstancesToUpdate: 0 });
    expect(load.failed()).toEqual([]);
    expect(load.versions()).toEqual(new Set(["v1", "v2"]));
    expect(new Set(after.map(({ body }) => body))).toEqual(new Set(["v2"]));
    expect(await versionOfGroup()).toBe("2");
    expect(cloud.events.map(({ detailType }) => detailType)).toEqual(
      expect.arrayContaining([
        "EC2 Auto Scaling Instance Refresh Started",
        "EC2 Instance Launch Successful",
        "EC2 Instance Terminate Successful",
        "EC2 Auto Scaling Instance Refresh Succeeded",
      ]),
    );
  }, 60_000);

  it("rolls back an application that never becomes ready, which never gets a request", async () => {
    cloud.roots.set("ami-2", "v2-never-ready");
    await start();
    const refresh = await outcome();

    expect(refresh.Status).toBe("RollbackSuccessful");
    expect(refresh.RollbackDetails!.RollbackReason).toMatch(
      /unhealthy according to Elastic Load Balancing .*503/,
    );
    expect(load.failed()).toEqual([]);
    expect(load.versions()).toEqual(new Set(["v1"]));
    expect(await versionOfGroup()).toBe("1");
  }, 60_000);

  it("rolls back when an alarm fires, and names it", async () => {
    cloud.roots.set("ami-2", "v2-broken");
    await start({ BakeTime: 3600 });
    await until(
      () => load.failed().length,
      (failed) => failed > 0,
    );
    cloud.emulator.alarms.setState("errors", "ALARM");
    const refresh = await outcome();
    const after = await load.more(40);

    expect(refresh).toMatchObject({
      Status: "RollbackSuccessful",
      StatusReason: expect.stringContaining("errors") as string,
    });
    expect(new Set(after.map(({ body }) => body))).toEqual(new Set(["v1"]));
    expect(new Set(load.failed().map(({ body }) => body))).toEqual(new Set(["v2-broken"]));
    expect(await versionOfGroup()).toBe("1");
  }, 60_000);

  it("replaces an instance that dies and completes", async () => {
    await start({ InstanceWarmup: 600 });
    const id = await until(
      () => [...cloud.emulator.records].find(([, { imageId }]) => imageId === "ami-2")?.[0],
      (found) => found !== undefined && cloud.instances.get(found)?.machine !== undefined,
    );
    cloud.instances.get(id!)!.machine!.kill();
    const refresh = await outcome();

    expect(refresh.Status).toBe("Successful");
    expect(cloud.emulator.records.get(id!)!.state).toBe("terminated");
  }, 60_000);

  it("is one, when two are started at the same time", async () => {
    const starts = await Promise.allSettled([start(), start()]);
    expect(starts.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const { InstanceRefreshes } = await cloud
      .client()
      .send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group }));
    expect(InstanceRefreshes).toHaveLength(1);
  });

  it("refuses a second one, and one whose alarm is in ALARM", async () => {
    await start({ InstanceWarmup: 3600 });
    await expect(start()).rejects.toMatchObject({ name: "InstanceRefreshInProgressFault" });
    await cloud.client().send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: group }));
    expect((await outcome()).Status).toBe("Cancelled");
    cloud.emulator.alarms.setState("errors", "ALARM");
    await expect(start()).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining("errors") as string,
    });
  }, 60_000);

  it("rolls back on request", async () => {
    await start({ InstanceWarmup: 1800 });
    await until(latest, ({ Status }) => Status === "InProgress");
    await cloud.client().send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: group }));
    expect((await latest()).Status).toBe("RollbackInProgress");
    expect((await outcome()).Status).toBe("RollbackSuccessful");
    expect(load.failed()).toEqual([]);
  }, 60_000);

  it("gives a group that is stopped for the night the new version and starts nothing", async () => {
    await load.stop();
    await cloud
      .client()
      .send(new SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: 0 }));
    await until(
      () => [...cloud.emulator.records.values()],
      (all) => all.every(({ state }) => state === "terminated"),
    );
    await start();
    expect(await outcome()).toMatchObject({ Status: "Successful", PercentageComplete: 100 });
    expect(await versionOfGroup()).toBe("2");
    expect(cloud.emulator.records.size).toBe(2);
  }, 60_000);
});
