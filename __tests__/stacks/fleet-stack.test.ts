import { Testing } from "cdktf";
import { FleetStack } from "../../stacks/fleet-stack";
import { configuration, production, staging } from "../support/configuration";
import { synthesizeStack } from "../support/synthesized";

const settings = configuration();
const balanced = synthesizeStack(new FleetStack(Testing.app(), settings, production));
const plain = synthesizeStack(new FleetStack(Testing.app(), configuration({ subnetIds: [] }), staging));

describe("the stack of a fleet", () => {
  test("is named for its environment", () => {
    expect(new FleetStack(Testing.app(), settings, production).node.id).toBe("shop-fleet-production");
  });

  test("has what the architecture diagram shows", () => {
    const stack = new FleetStack(Testing.app(), settings, production);
    expect(stack.node.children.map(({ node }) => node.id)).toEqual([
      "Aws",
      "backend",
      "Network",
      "Instances",
      "Key",
      "InstanceRole",
      "Templates",
      "LoadBalancer",
      "Alarms",
      "Fleet",
      "AutoScalingGroup",
      "LogGroup",
      "Address",
    ]);
  });

  test("lets the group use the target group that the load balancer sends to", () => {
    const [targets] = Object.keys(balanced.resources("aws_lb_target_group"));
    expect(balanced.resource("aws_autoscaling_group")).toMatchObject({
      target_group_arns: [`\${aws_lb_target_group.${targets}.arn}`],
      health_check_type: "ELB",
      max_size: 4,
    });
  });

  test("gives a new instance the configured times, which the alarm on unhealthy hosts allows for", () => {
    const slow = { ...production, healthCheckGraceSeconds: 600, instanceWarmupSeconds: 240 };
    const stack = synthesizeStack(new FleetStack(Testing.app(), settings, slow));
    expect(stack.resource("aws_autoscaling_group")).toMatchObject({
      health_check_grace_period: 600,
      default_instance_warmup: 240,
    });
    expect(stack.resource("aws_cloudwatch_metric_alarm", "Alarms_UnhealthyHosts")).toMatchObject({
      alarm_name: "shop-production-unhealthy-hosts",
      period: 60,
      datapoints_to_alarm: 12,
    });
  });

  test("lets nothing in but the load balancer", () => {
    const ingress = balanced.resources("aws_vpc_security_group_ingress_rule");
    const [instances] = Object.keys(balanced.resources("aws_security_group")).filter((id) =>
      id.startsWith("Instances"),
    );
    const intoInstances = Object.values(ingress).filter(
      (rule) => rule["security_group_id"] === `\${aws_security_group.${instances}.id}`,
    );
    expect(intoInstances).toHaveLength(1);
    expect(intoInstances[0]?.["referenced_security_group_id"]).toMatch(/aws_security_group\.LoadBalancer/);
  });

  test("has no load balancer and no alarms where the environment has none", () => {
    for (const type of ["aws_lb", "aws_lb_target_group", "aws_cloudwatch_metric_alarm", "aws_s3_bucket"])
      expect(plain.resources(type)).toEqual({});
    expect(plain.resources("aws_vpc_security_group_ingress_rule")).toEqual({});
    expect(plain.resource("aws_autoscaling_group")).toMatchObject({ health_check_type: "EC2" });
  });

  test("uses the subnets of the default VPC where the configuration gives none", () => {
    expect(plain.document["data"]?.["aws_vpc"]).toBeDefined();
    expect(balanced.document["data"]?.["aws_vpc"]).toBeUndefined();
    expect(balanced.resource("aws_autoscaling_group")).toMatchObject({
      vpc_zone_identifier: ["subnet-11111111", "subnet-22222222"],
    });
  });
});
