import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Construct } from "constructs";
import { acceptFindings } from "../shared/accepted-finding";
import { Bucket } from "../shared/bucket";
import type { Network } from "../shared/network";
import { SecurityGroup } from "../shared/security-group";

/** The application's port; app-src/src/main/resources/application.properties says the same. */
const applicationPort = 8080;

export interface FleetLoadBalancerProps {
  readonly name: string;
  readonly securityGroupName: string;
  readonly logBucketName: string;
  readonly accountId: string;
  readonly network: Network;
  readonly instances: SecurityGroup;
  readonly allowedCidrs: readonly string[];
  /** Undefined: plain HTTP. */
  readonly certificateArn: string | undefined;
  readonly deletionProtection: boolean;
}

/** The only way to the instances. It sends a request to none that has not said that it is ready. */
export class FleetLoadBalancer extends Construct {
  readonly url: string;
  readonly targetGroupArn: string;
  /** How CloudWatch calls the two. */
  readonly dimensions: { readonly LoadBalancer: string; readonly TargetGroup: string };

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FleetLoadBalancerProps,
  ) {
    super(scope, id);
    const balancer = this.balancer();
    const targets = this.targetGroup();
    this.listener(balancer, targets);
    this.url = `${props.certificateArn === undefined ? "http" : "https"}://${balancer.dnsName}`;
    this.targetGroupArn = targets.arn;
    this.dimensions = { LoadBalancer: balancer.arnSuffix, TargetGroup: targets.arnSuffix };
  }

  private get port(): number {
    return this.props.certificateArn === undefined ? 80 : 443;
  }

  private balancer(): Lb {
    const { props } = this;
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      securityGroupName: props.securityGroupName,
      description: "The load balancer",
      vpcId: props.network.vpcId,
    });
    for (const cidr of props.allowedCidrs)
      securityGroup.allowFromCidr(cidr, this.port, "Allowed in the configuration");
    props.instances.allowFrom(securityGroup, applicationPort, "Requests and health checks");
    const logs = this.accessLogs();
    const balancer = new Lb(this, "Resource", {
      name: props.name,
      loadBalancerType: "application",
      subnets: props.network.subnetIds,
      securityGroups: [securityGroup.id],
      dropInvalidHeaderFields: true,
      enableDeletionProtection: props.deletionProtection,
      accessLogs: { bucket: logs.bucketName, enabled: true },
      dependsOn: logs.settings,
    });
    acceptFindings(balancer, {
      ...(props.deletionProtection
        ? {}
        : { CKV_AWS_150: "the configuration asks for none, so that one destroy leaves nothing" }),
      ...(props.certificateArn === undefined
        ? { CKV2_AWS_20: "without a certificate there is no HTTPS to redirect to" }
        : {}),
      CKV2_AWS_28:
        "a firewall's rules depend on the application; who may connect at all is limited by address",
    });
    return balancer;
  }

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html */
  private accessLogs(): Bucket {
    const { accountId, logBucketName } = this.props;
    const bucket = new Bucket(this, "Logs", {
      bucketName: logBucketName,
      encryption: "s3",
      expirationDays: 90,
      noncurrentExpirationDays: 7,
    });
    bucket.allow({
      sid: "LoadBalancersDeliver",
      effect: "Allow",
      principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      actions: ["s3:PutObject"],
      resources: [`${bucket.arn}/AWSLogs/${accountId}/*`],
    });
    return bucket;
  }

  private targetGroup(): LbTargetGroup {
    const targets = new LbTargetGroup(this, "Targets", {
      name: this.props.name,
      port: applicationPort,
      protocol: "HTTP",
      targetType: "instance",
      vpcId: this.props.network.vpcId,
      // longer than the 20 seconds that the application gives requests under way
      deregistrationDelay: "30",
      healthCheck: {
        path: "/actuator/health/readiness",
        protocol: "HTTP",
        port: "traffic-port",
        matcher: "200",
        interval: 10,
        timeout: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 3,
      },
    });
    acceptFindings(targets, {
      CKV_AWS_378: "TLS ends at the load balancer; the instances take connections from it alone",
    });
    return targets;
  }

  private listener(balancer: Lb, targets: LbTargetGroup): void {
    const { certificateArn } = this.props;
    const listener = new LbListener(this, "Listener", {
      loadBalancerArn: balancer.arn,
      port: this.port,
      ...(certificateArn === undefined
        ? { protocol: "HTTP" }
        : { protocol: "HTTPS", certificateArn, sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" }),
      defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
    });
    if (certificateArn !== undefined) return;
    acceptFindings(listener, {
      CKV_AWS_2: "the configuration gives no certificate, and limits who may connect",
      CKV_AWS_103: "the configuration gives no certificate, and limits who may connect",
    });
  }
}
