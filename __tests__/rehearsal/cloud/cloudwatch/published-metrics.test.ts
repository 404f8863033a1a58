import { RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { until } from "../../../support/until";
import { ToyCloud } from "../instances/toy-cloud";
import { loadBalancerArn, targetGroupArn } from "../instances/toy-emulator";

const [TargetGroup, LoadBalancer] = [
  { Name: "TargetGroup", Value: "targetgroup/hello/0123456789abcdef" },
  { Name: "LoadBalancer", Value: "app/hello/0123456789abcdef" },
] as const;

describe("what load balancers measure", () => {
  let cloud: ToyCloud;
  beforeEach(async () => {
    cloud = new ToyCloud();
    await cloud.start(100);
    await until(
      () => cloud.elb.addressOf(loadBalancerArn),
      (found) => found !== undefined,
    );
  });
  afterEach(() => cloud.end());
  const values = (name: string, ...dimensions: { Name: string; Value: string }[]) =>
    cloud.elb.metrics.values({ namespace: "AWS/ApplicationELB", name, dimensions }, 0, Infinity);

  it("is kept for alarms, and not put into the emulator", async () => {
    await fetch(`http://127.0.0.1:${cloud.elb.addressOf(loadBalancerArn)!.port}`);
    await until(
      () => values("HTTPCode_ELB_5XX_Count", LoadBalancer),
      (found) => found.length > 0,
    );
    expect(values("HTTPCode_ELB_5XX_Count", LoadBalancer)).toEqual([1]);
    expect(cloud.emulator.metrics).toEqual([]);
  });

  it("has no zeros for what was not counted, and no hosts where none are registered", async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(values("RequestCount", LoadBalancer)).toEqual([]);
    expect(values("UnHealthyHostCount", TargetGroup, LoadBalancer)).toEqual([]);
  });

  it("counts hosts of a target group", async () => {
    const Targets = [{ Id: "i-0123456789abcdef0" }];
    await cloud.elbClient().send(new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets }));
    await until(
      () => values("UnHealthyHostCount", TargetGroup, LoadBalancer),
      (found) => found.includes(1),
    );
    expect(values("HealthyHostCount", TargetGroup, LoadBalancer)).not.toContain(1);
  });
});
