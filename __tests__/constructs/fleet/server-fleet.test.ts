import { LaunchTemplates } from "../../../constructs/fleet/launch-templates";
import { ServerFleet } from "../../../constructs/fleet/server-fleet";
import { synthesizeConstruct } from "../../support/synthesized";

const made = (targetGroupArn: string | undefined) =>
  synthesizeConstruct((scope) => {
    const templates = new LaunchTemplates(scope, "Templates", {
      applicationName: "shop",
      environmentName: "production",
      blueprintName: "blueprint",
      releaseName: "release",
      architecture: "arm64",
      instanceType: "t4g.small",
      instanceProfileName: "profile",
      securityGroupId: "sg-1",
    });
    new ServerFleet(scope, "Fleet", {
      autoScalingGroupName: "shop-production",
      applicationName: "shop",
      environmentName: "production",
      subnetIds: ["subnet-1"],
      templates,
      maxSize: 4,
      healthCheckGraceSeconds: 240,
      instanceWarmupSeconds: 90,
      targetGroupArn,
    });
  }).resource("aws_autoscaling_group");

describe("the fleet", () => {
  const group = made("arn:target");

  test("is made empty, and its size and version are left alone from then on", () => {
    expect(group).toMatchObject({
      min_size: 0,
      max_size: 4,
      desired_capacity: 0,
      lifecycle: { ignore_changes: ["desired_capacity", "launch_template"] },
    });
  });

  test("has a numbered version of the release template, which a rollback can return to", () => {
    expect(group["launch_template"]).toEqual({
      id: expect.stringMatching(/Templates_Release/),
      version: expect.stringMatching(
        /^\$\{tostring\(aws_launch_template\.Templates_Release_\w+\.default_version\)\}$/,
      ),
    });
  });

  test("is refreshed by Terraform, if at all, without going below its size, and never for another release", () => {
    expect(group["instance_refresh"]).toMatchObject({
      strategy: "Rolling",
      preferences: { min_healthy_percentage: 100, max_healthy_percentage: 200 },
    });
    expect(group["instance_refresh"]).not.toHaveProperty("triggers");
  });

  test("is judged by the load balancer where there is one", () => {
    expect(group).toMatchObject({ health_check_type: "ELB", target_group_arns: ["arn:target"] });
    expect(made(undefined)).toMatchObject({ health_check_type: "EC2" });
    expect(made(undefined)).not.toHaveProperty("target_group_arns");
  });

  test("gives a new instance the configured times to become ready and to warm up", () => {
    expect(group).toMatchObject({ health_check_grace_period: 240, default_instance_warmup: 90 });
  });

  test("is destroyed with the instances that run", () => {
    expect(group).toMatchObject({ force_delete: true });
  });
});
