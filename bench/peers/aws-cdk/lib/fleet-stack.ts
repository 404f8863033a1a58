import { CfnOutput, Duration, Stack, Tags, type StackProps } from "aws-cdk-lib";
import {
  AutoScalingGroup,
  GroupMetric,
  GroupMetrics,
  HealthChecks,
  AdditionalHealthCheckType,
} from "aws-cdk-lib/aws-autoscaling";
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  InstanceType,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  MachineImage,
  AmazonLinuxCpuType,
  Peer,
  Port,
  SecurityGroup,
  type IVpc,
} from "aws-cdk-lib/aws-ec2";
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  HttpCodeTarget,
  TargetType,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { InstanceProfile, Role } from "aws-cdk-lib/aws-iam";
import { BucketEncryption } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { privateBucket } from "./private-bucket";
import { settings, type Environment } from "./settings";
import { allowAgents, encryptionKey, logGroup, network, service } from "./shared";

export interface FleetStackProps extends StackProps {
  readonly environment: Environment;
}

export class FleetStack extends Stack {
  private readonly prefix: string;

  constructor(scope: Construct, id: string, props: FleetStackProps) {
    super(scope, id, props);
    const { environment } = props;
    const prefix = (this.prefix = `${settings.name}-${environment.name}`);
    const vpc = network(this);
    const instances = new SecurityGroup(this, "Instances", {
      securityGroupName: `${prefix}-instances`,
      description: "Instances of the fleet",
      vpc,
      allowAllOutbound: false,
    });
    instances.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "The APIs of AWS");
    const key = encryptionKey(this, prefix, `Logs of the fleet ${prefix}`);
    const role = new Role(this, "InstanceRole", {
      roleName: `${prefix}-instance`,
      description: `Assumed by the instances of ${environment.name}`,
      assumedBy: service("ec2"),
    });
    allowAgents(role, logGroup(this, "Log", `/${settings.name}/${environment.name}`, key));
    const profile = new InstanceProfile(this, "InstanceProfile", {
      instanceProfileName: `${prefix}-instance`,
      role,
    });
    this.launchTemplate("Blueprint", `${prefix}-blueprint`, profile, instances, environment.name);
    const release = this.launchTemplate("Release", `${prefix}-release`, profile, instances, environment.name);
    const group = new AutoScalingGroup(this, "Fleet", {
      autoScalingGroupName: prefix,
      vpc,
      launchTemplate: release,
      minCapacity: 0,
      maxCapacity: environment.capacity.max,
      healthChecks: HealthChecks.withAdditionalChecks({
        gracePeriod: Duration.seconds(300),
        additionalTypes: [AdditionalHealthCheckType.ELB],
      }),
      defaultInstanceWarmup: Duration.seconds(120),
      groupMetrics: [
        new GroupMetrics(
          GroupMetric.DESIRED_CAPACITY,
          GroupMetric.IN_SERVICE_INSTANCES,
          GroupMetric.PENDING_INSTANCES,
          GroupMetric.TERMINATING_INSTANCES,
          GroupMetric.TOTAL_INSTANCES,
        ),
      ],
    });
    Tags.of(group).add("Environment", environment.name);
    const { balancer, targets } = this.balance(vpc, instances, environment);
    group.attachToApplicationTargetGroup(targets);
    this.alarms(targets);
    new CfnOutput(this, "AutoScalingGroup", { value: prefix });
    new CfnOutput(this, "LogGroup", { value: `/${settings.name}/${environment.name}` });
    new CfnOutput(this, "Address", { value: `http://${balancer.loadBalancerDnsName}` });
  }

  private launchTemplate(
    id: string,
    launchTemplateName: string,
    instanceProfile: InstanceProfile,
    securityGroup: SecurityGroup,
    environment: string,
  ): LaunchTemplate {
    const template = new LaunchTemplate(this, id, {
      launchTemplateName,
      instanceProfile,
      securityGroup,
      instanceType: new InstanceType(settings.instanceType),
      ...(id === "Release"
        ? { machineImage: MachineImage.latestAmazonLinux2023({ cpuType: AmazonLinuxCpuType.ARM_64 }) }
        : {}),
      ebsOptimized: true,
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      httpEndpoint: true,
      instanceMetadataTags: true,
      detailedMonitoring: true,
      blockDevices: [
        {
          deviceName: "/dev/xvda",
          volume: BlockDeviceVolume.ebs(8, {
            encrypted: true,
            volumeType: EbsDeviceVolumeType.GP3,
            deleteOnTermination: true,
          }),
        },
      ],
    });
    Tags.of(template).add("Environment", environment);
    return template;
  }

  private balance(vpc: IVpc, instances: SecurityGroup, environment: Environment) {
    const logs = privateBucket(this, "Logs", {
      bucketName: `${this.prefix}-lb-${settings.accountId}-${settings.region}`,
      encryption: BucketEncryption.S3_MANAGED,
      expires: true,
    });
    const securityGroup = new SecurityGroup(this, "LoadBalancerGroup", {
      securityGroupName: `${this.prefix}-load-balancer`,
      description: "The load balancer",
      vpc,
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(
      Peer.ipv4(environment.allowedCidr),
      Port.tcp(80),
      "Allowed in the configuration",
    );
    securityGroup.connections.allowTo(instances, Port.tcp(8080), "Requests and health checks");
    const balancer = new ApplicationLoadBalancer(this, "LoadBalancer", {
      loadBalancerName: this.prefix,
      vpc,
      securityGroup,
      dropInvalidHeaderFields: true,
      internetFacing: true,
    });
    balancer.logAccessLogs(logs);
    const targets = new ApplicationTargetGroup(this, "Targets", {
      targetGroupName: this.prefix,
      vpc,
      port: 8080,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.INSTANCE,
      deregistrationDelay: Duration.seconds(30),
      healthCheck: {
        path: "/actuator/health/readiness",
        healthyHttpCodes: "200",
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
      },
    });
    new ApplicationListener(this, "Listener", {
      loadBalancer: balancer,
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultTargetGroups: [targets],
    });
    return { balancer, targets };
  }

  private alarms(targets: ApplicationTargetGroup): void {
    const minute = Duration.minutes(1);
    new Alarm(this, "UnhealthyHosts", {
      alarmName: `${this.prefix}-unhealthy-hosts`,
      alarmDescription: "Instances are not ready for longer than they may take to start",
      metric: targets.metrics.unhealthyHostCount({ period: minute, statistic: Stats.MAXIMUM }),
      datapointsToAlarm: 7,
      evaluationPeriods: 10,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    new Alarm(this, "ServerErrors", {
      alarmName: `${this.prefix}-server-errors`,
      alarmDescription: "More than 1 in 100 requests to the fleet were answered with 5xx",
      metric: new MathExpression({
        label: "requests answered with 5xx, in percent",
        expression: "100 * FILL(errors, 0) / requests",
        period: minute,
        usingMetrics: {
          errors: targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { statistic: Stats.SUM }),
          requests: targets.metrics.requestCount({ statistic: Stats.SUM }),
        },
      }),
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
