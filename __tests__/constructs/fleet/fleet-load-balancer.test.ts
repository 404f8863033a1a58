import { readFileSync } from "node:fs";
import path from "node:path";
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

  test("reaches the instances' port and nothing else, and they let nobody else in", () => {
    const rules = (type: string) => Object.values(plain.resources(`aws_vpc_security_group_${type}_rule`));
    const group = (of: string) =>
      expect.stringMatching(new RegExp(`^\\$\\{aws_security_group\\.${of}`)) as string;
    const port = { from_port: 8080, to_port: 8080 };
    const [balancer, instances] = [group("Balancer"), group("Instances")];
    expect(rules("egress")).toEqual([
      expect.objectContaining({
        ...port,
        security_group_id: balancer,
        referenced_security_group_id: instances,
      }),
    ]);
    expect(rules("ingress").filter((rule) => !rule["cidr_ipv4"])).toEqual([
      expect.objectContaining({
        ...port,
        security_group_id: instances,
        referenced_security_group_id: balancer,
      }),
    ]);
  });

  test("is protected from deletion where the configuration says so", () => {
    expect(encrypted.resource("aws_lb")).toMatchObject({ enable_deletion_protection: true });
    expect(plain.resource("aws_lb")).toMatchObject({ enable_deletion_protection: false });
  });
});

describe("the target group", () => {
  const targets = made().resource("aws_lb_target_group");
  const application = (file: string) => readFileSync(path.join("app-src", file), "utf8");
  const properties = application("src/main/resources/application.properties");
  const seconds = (text: string, setting: RegExp) => Number(setting.exec(text)![1]);

  test("asks the application's port for its readiness", () => {
    expect(targets).toMatchObject({
      port: seconds(properties, /^server\.port=(\d+)$/m),
      health_check: { path: "/actuator/health/readiness", matcher: "200", port: "traffic-port" },
    });
    expect(properties).toContain("management.endpoint.health.probes.enabled=true");
  });

  test("sends a new instance its full share at once", () => {
    expect(targets).not.toHaveProperty("slow_start");
  });

  test("waits longer for requests under way than the application does, and so does its service", () => {
    const given = seconds(properties, /^spring\.lifecycle\.timeout-per-shutdown-phase=(\d+)s$/m);
    expect(Number(targets["deregistration_delay"])).toBeGreaterThan(given);
    expect(seconds(application("image/component.yml"), /^ +TimeoutStopSec=(\d+)$/m)).toBeGreaterThan(given);
    expect(properties).toContain("server.shutdown=graceful");
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
