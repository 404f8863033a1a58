import { FleetAlarms } from "../../../constructs/fleet/fleet-alarms";
import {
  FleetLoadBalancer,
  type FleetLoadBalancerProps,
} from "../../../constructs/fleet/fleet-load-balancer";
import { Network } from "../../../constructs/shared/network";
import { SecurityGroup } from "../../../constructs/shared/security-group";
import { synthesizeConstruct } from "../../support/synthesized";

const made = (props: Partial<FleetLoadBalancerProps> = {}) =>
  synthesizeConstruct((scope) => {
    const network = new Network(scope, "Network", { subnetIds: ["subnet-1", "subnet-2"] });
    const balancer = new FleetLoadBalancer(scope, "Balancer", {
      name: "shop-production",
      securityGroupName: "shop-production-load-balancer",
      logBucketName: "shop-production-lb",
      accountId: "111122223333",
      network,
      instances: new SecurityGroup(scope, "Instances", {
        securityGroupName: "instances",
        description: "instances",
        vpcId: network.vpcId,
      }),
      allowedCidrs: ["10.0.0.0/8", "192.168.0.0/16"],
      certificateArn: undefined,
      deletionProtection: false,
      ...props,
    });
    new FleetAlarms(scope, "Alarms", {
      serverErrorsName: "errors",
      unhealthyHostsName: "unhealthy",
      dimensions: balancer.dimensions,
      startSeconds: 300,
    });
  });

describe("the load balancer", () => {
  const plain = made();
  const encrypted = made({ certificateArn: "arn:certificate", deletionProtection: true });

  test("drops invalid headers and logs every request", () => {
    expect(plain.resource("aws_lb")).toMatchObject({
      drop_invalid_header_fields: true,
      access_logs: { enabled: true, bucket: expect.stringMatching(/aws_s3_bucket\.Balancer_Logs/) },
    });
  });

  test("delivers its logs to a bucket that lets it, for this account only", () => {
    expect(plain.policy(plain.resource("aws_s3_bucket_policy")["policy"]).Statement).toContainEqual({
      Sid: "LoadBalancersDeliver",
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: ["s3:PutObject"],
      Resource: ["arn:aws:s3:::shop-production-lb/AWSLogs/111122223333/*"],
    });
  });

  test("speaks HTTPS with a certificate, TLS 1.2 at least, and plain HTTP without", () => {
    expect(encrypted.resource("aws_lb_listener")).toMatchObject({
      port: 443,
      protocol: "HTTPS",
      certificate_arn: "arn:certificate",
      ssl_policy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    });
    expect(plain.resource("aws_lb_listener")).toMatchObject({ port: 80, protocol: "HTTP" });
  });

  test.each([
    ["plain", plain, 80],
    ["encrypted", encrypted, 443],
  ] as const)("%s: lets the configured addresses in, on one port", (_, stack, port) => {
    const rules = Object.values(stack.resources("aws_vpc_security_group_ingress_rule")).filter(
      (rule) => rule["cidr_ipv4"],
    );
    expect(rules.map((rule) => [rule["cidr_ipv4"], rule["from_port"], rule["to_port"]])).toEqual([
      ["10.0.0.0/8", port, port],
      ["192.168.0.0/16", port, port],
    ]);
  });

  test("is protected from deletion where the configuration says so", () => {
    expect(encrypted.resource("aws_lb")).toMatchObject({ enable_deletion_protection: true });
    expect(plain.resource("aws_lb")).toMatchObject({ enable_deletion_protection: false });
  });
});

describe("the target group", () => {
  test("asks for readiness, and waits longer for requests under way than the application does", () => {
    const targets = made().resource("aws_lb_target_group");
    expect(targets["health_check"]).toMatchObject({ path: "/actuator/health/readiness", matcher: "200" });
    expect(Number(targets["deregistration_delay"])).toBeGreaterThan(20);
    expect(targets).not.toHaveProperty("slow_start");
  });
});

describe("the alarms", () => {
  test("look at this load balancer and this target group", () => {
    const alarms = made().resources("aws_cloudwatch_metric_alarm");
    expect(Object.values(alarms).map((alarm) => alarm["alarm_name"])).toEqual(["errors", "unhealthy"]);
    for (const alarm of Object.values(alarms)) {
      expect(JSON.stringify(alarm)).toMatch(/aws_lb\.Balancer_\w+\.arn_suffix/);
      expect(JSON.stringify(alarm)).toMatch(/aws_lb_target_group\.Balancer_\w+\.arn_suffix/);
      expect(alarm).toMatchObject({
        treat_missing_data: "notBreaching",
        comparison_operator: "GreaterThanThreshold",
      });
    }
  });
});
