import {
  DeregisterTargetsCommand,
  DescribeTagsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ToyCloud } from "../instances/toy-cloud";
import { loadBalancerArn, targetGroupArn } from "../instances/toy-emulator";
import { until } from "../../../support/until";

describe("load balancing", () => {
  let cloud: ToyCloud;
  beforeEach(async () => {
    cloud = new ToyCloud();
    await cloud.start(100);
  });
  afterEach(() => cloud.end());

  it("listens for each load balancer, and no longer when it is deleted", async () => {
    const address = () => cloud.elb.addressOf(loadBalancerArn);
    await until(address, (found) => found !== undefined);
    expect(cloud.elb.addressOf("hello-0123.eu-west-1.elb.amazonaws.com")).toEqual(address());
    const { port } = address()!;
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(503);
    cloud.emulator.loadBalancers = false;
    await until(address, (found) => found === undefined);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
  });

  it("registers, describes and deregisters targets for clients", async () => {
    const client = cloud.elbClient();
    const Targets = [{ Id: "i-0123456789abcdef0" }];
    await client.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets }));
    const described = await until(
      () => client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
      ({ TargetHealthDescriptions }) => TargetHealthDescriptions![0]!.TargetHealth!.State === "unhealthy",
    );
    expect(described.TargetHealthDescriptions).toEqual([
      {
        Target: { Id: "i-0123456789abcdef0", Port: 8080 },
        HealthCheckPort: "8080",
        TargetHealth: {
          State: "unhealthy",
          Reason: "Target.FailedHealthChecks",
          Description: "Health checks failed",
        },
      },
    ]);
    await client.send(new DeregisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets }));
    const gone = await client.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn, Targets }),
    );
    expect(gone.TargetHealthDescriptions![0]!.TargetHealth!.State).toMatch(/draining|unused/);
    expect(cloud.permissions).toEqual([
      { action: "elasticloadbalancing:RegisterTargets", resource: targetGroupArn },
      ...cloud.permissions
        .slice(1, -2)
        .map(() => ({ action: "elasticloadbalancing:DescribeTargetHealth", resource: "*" })),
      { action: "elasticloadbalancing:DeregisterTargets", resource: targetGroupArn },
      { action: "elasticloadbalancing:DescribeTargetHealth", resource: "*" },
    ]);
  });

  it("knows no other target groups and serves no other operations", async () => {
    const client = cloud.elbClient();
    const unknown = new DescribeTargetHealthCommand({ TargetGroupArn: `${targetGroupArn}0` });
    await expect(client.send(unknown)).rejects.toMatchObject({ name: "TargetGroupNotFoundException" });
    await expect(client.send(new DescribeTagsCommand({ ResourceArns: [] }))).rejects.toMatchObject({
      name: "InvalidAction",
    });
  });
});
