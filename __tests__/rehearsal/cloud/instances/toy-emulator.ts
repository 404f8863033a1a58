import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateFleetCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  EC2Client,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { GetInstanceProfileCommand, IAMClient } from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import type { Backend } from "../../../../rehearsal/cloud/cloud";
import { ToyAlarms } from "../cloudwatch/toy-alarms";

export const targetGroupArn =
  "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/hello/0123456789abcdef";
export const loadBalancerArn =
  "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/hello/0123456789abcdef";
export const roleArn = "arn:aws:iam::111122223333:role/hello-instance";

/** The emulator's part, in memory: one launch template whose version N launches `ami-N`, one load balancer. */
export class ToyEmulator {
  readonly records = new Map<
    string,
    { state: string; imageId: string; tags: { Key: string; Value: string }[] }
  >();
  readonly metrics: { MetricName?: string | undefined; Value?: number | undefined }[] = [];
  loadBalancers = true;
  /** As tests want it: seconds, and checks in a row. */
  readonly targetGroup = { interval: 10, timeout: 5, healthy: 2, unhealthy: 2, deregistrationDelay: 60 };
  /** How often somebody has looked at all instances. */
  looks = 0;
  private readonly ec2 = new EC2Client({ region: "eu-west-1" });
  private readonly elb = new ElasticLoadBalancingV2Client({ region: "eu-west-1" });
  private readonly cloudWatch = new CloudWatchClient({ region: "eu-west-1" });
  readonly alarms = new ToyAlarms(this.cloudWatch);
  private readonly iam = new IAMClient({ region: "eu-west-1" });

  constructor() {
    this.mockEc2();
    this.mockElb();
    this.alarms.mock.on(PutMetricDataCommand).callsFake(async (input: { MetricData?: object[] }) => {
      this.metrics.push(...(input.MetricData ?? []));
      return {};
    });
    mockClient(this.iam)
      .on(GetInstanceProfileCommand)
      .resolves({ InstanceProfile: { Roles: [{ RoleName: "hello-instance", Arn: roleArn }] } as never });
  }

  backend(): Backend {
    return { ec2: this.ec2, elb: this.elb, cloudWatch: this.cloudWatch, iam: this.iam } as Backend;
  }

  private mockEc2(): void {
    const ec2 = mockClient(this.ec2);
    ec2.on(DescribeLaunchTemplateVersionsCommand).callsFake(async ({ Versions }: { Versions: string[] }) => ({
      LaunchTemplateVersions: [
        {
          LaunchTemplateId: "lt-0123456789abcdef0",
          LaunchTemplateName: "hello",
          VersionNumber: Versions[0]!.startsWith("$") ? 1 : Number(Versions[0]),
          LaunchTemplateData: {
            ImageId: `ami-${Versions[0]!.startsWith("$") ? 1 : Versions[0]}`,
            InstanceType: "t4g.small",
            IamInstanceProfile: { Name: "hello" },
            MetadataOptions: { HttpTokens: "required", InstanceMetadataTags: "enabled" },
            TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "Version", Value: Versions[0] }] }],
          },
        },
      ],
    }));
    ec2
      .on(CreateFleetCommand)
      .callsFake(
        async (input: { LaunchTemplateConfigs: { LaunchTemplateSpecification: { Version: string } }[] }) => {
          const id = `i-${(this.records.size + 1).toString(16).padStart(17, "0")}`;
          const version = input.LaunchTemplateConfigs[0]!.LaunchTemplateSpecification.Version;
          this.records.set(id, {
            state: "running",
            imageId: `ami-${version}`,
            tags: [{ Key: "Version", Value: version }],
          });
          return { Instances: [{ InstanceIds: [id] }] };
        },
      );
    ec2.on(DescribeInstancesCommand).callsFake(async ({ InstanceIds }: { InstanceIds?: string[] }) => {
      this.looks += 1;
      const found = [...this.records].filter(([id]) => !InstanceIds || InstanceIds.includes(id));
      return {
        Reservations: found.map(([InstanceId, { state, imageId, tags }]) => ({
          Instances: [
            {
              InstanceId,
              ImageId: imageId,
              State: { Name: state },
              Tags: tags,
              PrivateIpAddress: "10.0.0.1",
            },
          ],
        })),
      };
    });
    ec2.on(TerminateInstancesCommand).callsFake(async ({ InstanceIds }: { InstanceIds: string[] }) => {
      for (const id of InstanceIds) this.records.get(id)!.state = "terminated";
      return {};
    });
    ec2.on(DescribeTagsCommand).callsFake(async ({ Filters }: { Filters: { Values: string[] }[] }) => {
      const ResourceId = Filters[0]!.Values[0]!;
      return { Tags: [{ ResourceId, Key: "Name", Value: `tag of ${ResourceId}` }] };
    });
    ec2.on(DescribeSubnetsCommand).callsFake(async ({ SubnetIds = [] }: { SubnetIds?: string[] }) => ({
      Subnets: SubnetIds.map((SubnetId) => ({ SubnetId, AvailabilityZone: `eu-west-1${SubnetId.at(-1)}` })),
    }));
  }

  private mockElb(): void {
    const elb = mockClient(this.elb);
    elb.on(DescribeTargetGroupsCommand).callsFake(async () => ({
      TargetGroups: [
        {
          TargetGroupArn: targetGroupArn,
          Port: 8080,
          HealthCheckPath: "/health",
          Matcher: { HttpCode: "200" },
          HealthCheckIntervalSeconds: this.targetGroup.interval,
          HealthCheckTimeoutSeconds: this.targetGroup.timeout,
          HealthyThresholdCount: this.targetGroup.healthy,
          UnhealthyThresholdCount: this.targetGroup.unhealthy,
        },
      ],
    }));
    elb.on(DescribeTargetGroupAttributesCommand).callsFake(async () => ({
      Attributes: [
        {
          Key: "deregistration_delay.timeout_seconds",
          Value: String(this.targetGroup.deregistrationDelay),
        },
      ],
    }));
    elb.on(DescribeLoadBalancersCommand).callsFake(async () => ({
      LoadBalancers: this.loadBalancers
        ? [{ LoadBalancerArn: loadBalancerArn, DNSName: "hello-0123.eu-west-1.elb.amazonaws.com" }]
        : [],
    }));
    elb.on(DescribeListenersCommand).resolves({
      Listeners: [
        {
          ListenerArn: loadBalancerArn.replace("loadbalancer", "listener") + "/0123456789abcdef",
          Port: 80,
          DefaultActions: [{ Type: "forward", TargetGroupArn: targetGroupArn, Order: 1 }],
        },
      ],
    });
  }
}
