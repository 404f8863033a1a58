import {
  type AutoScalingGroup,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupType,
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DeleteTagsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  DescribeTagsCommand,
  DisableMetricsCollectionCommand,
  EnableMetricsCollectionCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  PutScalingPolicyCommand,
  ResumeProcessesCommand,
  RollbackInstanceRefreshCommand,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  StartInstanceRefreshCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { ToyCloud } from "../instances/toy-cloud";
import { roleArn, targetGroupArn } from "../instances/toy-emulator";
import { until } from "../../../support/until";

const name = { AutoScalingGroupName: "hello" };

describe("an Auto Scaling group", () => {
  let cloud: ToyCloud;
  beforeEach(async () => {
    cloud = new ToyCloud();
    await cloud.start(100);
  });
  afterEach(() => cloud.end());

  const create = (settings: Partial<CreateAutoScalingGroupType> = {}) =>
    cloud.client().send(
      new CreateAutoScalingGroupCommand({
        ...name,
        LaunchTemplate: { LaunchTemplateName: "hello", Version: "1" },
        MinSize: 0,
        MaxSize: 3,
        DesiredCapacity: 1,
        VPCZoneIdentifier: "subnet-a,subnet-b",
        ...settings,
      }),
    );
  const describeGroup = async (): Promise<AutoScalingGroup> => {
    const found = await cloud
      .client()
      .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["hello"] }));
    return found.AutoScalingGroups![0]!;
  };
  const inService = (count: number): Promise<AutoScalingGroup> =>
    until(describeGroup, ({ Instances = [] }) => {
      return (
        Instances.length === count && Instances.every(({ LifecycleState }) => LifecycleState === "InService")
      );
    });
  const causesSeen = async (): Promise<string[]> => {
    const { Activities } = await cloud.client().send(new DescribeScalingActivitiesCommand(name));
    return Activities!.map(({ Cause }) =>
      Cause!.replaceAll(/\d{4}-[\dT:-]+Z/g, "T").replaceAll(/i-[0-9a-f]{17}/g, "I"),
    );
  };

  it("reads back what it was given", async () => {
    await create({
      DesiredCapacity: 0,
      TargetGroupARNs: [targetGroupArn],
      HealthCheckType: "ELB",
      HealthCheckGracePeriod: 90,
      DefaultInstanceWarmup: 30,
      TerminationPolicies: ["OldestLaunchTemplate", "Default"],
      InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 },
      Tags: [
        {
          Key: "Environment",
          Value: "test",
          PropagateAtLaunch: true,
          ResourceType: "auto-scaling-group",
          ResourceId: "hello",
        },
      ],
    });
    expect(await describeGroup()).toMatchObject({
      AutoScalingGroupName: "hello",
      AutoScalingGroupARN: expect.stringMatching(
        /^arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/hello$/,
      ) as string,
      LaunchTemplate: { LaunchTemplateId: "lt-0123456789abcdef0", LaunchTemplateName: "hello", Version: "1" },
      MinSize: 0,
      MaxSize: 3,
      DesiredCapacity: 0,
      AvailabilityZones: ["eu-west-1a", "eu-west-1b"],
      VPCZoneIdentifier: "subnet-a,subnet-b",
      TargetGroupARNs: [targetGroupArn],
      TrafficSources: [{ Identifier: targetGroupArn, Type: "elbv2" }],
      HealthCheckType: "ELB",
      HealthCheckGracePeriod: 90,
      DefaultInstanceWarmup: 30,
      TerminationPolicies: ["OldestLaunchTemplate", "Default"],
      InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 },
      Instances: [],
      Tags: [
        {
          Key: "Environment",
          Value: "test",
          PropagateAtLaunch: true,
          ResourceType: "auto-scaling-group",
          ResourceId: "hello",
        },
      ],
    });
  });

  it("asks what AWS asks of the caller: the group, the launch, its tags and its role", async () => {
    await create({ DesiredCapacity: 0 });
    const asked = cloud.permissions.map(({ action, resource }) => `${action} ${resource}`);
    const ec2 = "arn:aws:ec2:eu-west-1:111122223333:";
    expect(asked).toEqual([
      "autoscaling:CreateAutoScalingGroup arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:*:autoScalingGroupName/hello",
      `ec2:RunInstances ${ec2}launch-template/lt-0123456789abcdef0`,
      "ec2:RunInstances arn:aws:ec2:eu-west-1::image/ami-1",
      `ec2:RunInstances ${ec2}instance/*`,
      `ec2:RunInstances ${ec2}network-interface/*`,
      `ec2:RunInstances ${ec2}volume/*`,
      `ec2:RunInstances ${ec2}subnet/subnet-a`,
      `ec2:RunInstances ${ec2}subnet/subnet-b`,
      `ec2:CreateTags ${ec2}instance/*`,
      `iam:PassRole ${roleArn}`,
    ]);
    const contextOf = (part: string) =>
      cloud.permissions.find(({ resource }) => resource.includes(part))!.context;
    expect(contextOf(":launch-template/")).toMatchObject({
      "ec2:InstanceType": "t4g.small",
      "aws:ResourceTag/Name": "tag of lt-0123456789abcdef0",
    });
    expect(contextOf(":image/")).toMatchObject({ "aws:ResourceTag/Name": "tag of ami-1" });
    expect(contextOf(":network-interface/")).not.toHaveProperty("aws:ResourceTag/Name");
    expect(contextOf(":role/")).toEqual({ "iam:PassedToService": "ec2.amazonaws.com" });
  });

  it("starts and ends instances as the desired capacity says, and tells why", async () => {
    await create({ DesiredCapacity: 1 });
    await inService(1);
    await cloud.client().send(new SetDesiredCapacityCommand({ ...name, DesiredCapacity: 2 }));
    const { Instances } = await inService(2);
    expect(new Set(Instances!.map(({ AvailabilityZone }) => AvailabilityZone)).size).toBe(2);
    await cloud.client().send(new UpdateAutoScalingGroupCommand({ ...name, MaxSize: 1 }));
    await inService(1);
    expect(await causesSeen()).toEqual([
      "At T a user request update of AutoScalingGroup constraints to min: 0, max: 1, desired: 1 changing the desired capacity from 2 to 1.  " +
        "At T an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 2 to 1.  " +
        "At T instance I was selected for termination.",
      "At T a user request explicitly set group desired capacity changing the desired capacity from 1 to 2.  " +
        "At T an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 1 to 2.",
      "At T a user request created an AutoScalingGroup changing the desired capacity from 0 to 1.  " +
        "At T an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 1.",
    ]);
  });

  it("replaces what was terminated behind its back and what a user calls unhealthy", async () => {
    await create();
    const [first] = (await inService(1)).Instances!;
    cloud.emulator.records.get(first!.InstanceId!)!.state = "terminated";
    const [second] = (
      await until(
        describeGroup,
        ({ Instances }) => Instances![0]?.InstanceId !== first!.InstanceId && Instances!.length === 1,
      )
    ).Instances!;
    await cloud
      .client()
      .send(new SetInstanceHealthCommand({ InstanceId: second!.InstanceId, HealthStatus: "Unhealthy" }));
    await until(
      describeGroup,
      ({ Instances }) => Instances![0]?.InstanceId !== second!.InstanceId && Instances!.length === 1,
    );
    expect((await causesSeen()).filter((cause) => cause.includes("taken out"))).toEqual([
      "At T an instance was taken out of service in response to a user health-check.",
      "At T an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.",
    ]);
  });

  it("replaces an instance that the load balancer calls unhealthy, after the grace period", async () => {
    cloud.roots.set("ami-1", "v1-never-ready");
    await create({ TargetGroupARNs: [targetGroupArn], HealthCheckType: "ELB", HealthCheckGracePeriod: 100 });
    const [first] = (await inService(1)).Instances!;
    await until(
      () => cloud.elb.targetGroups.get(targetGroupArn)!.count("unhealthy"),
      (count) => count === 1,
    );
    expect((await describeGroup()).Instances![0]!.InstanceId).toBe(first!.InstanceId);
    await until(describeGroup, ({ Instances }) =>
      Instances!.every(({ InstanceId }) => InstanceId !== first!.InstanceId),
    );
    expect((await causesSeen()).some((cause) => cause.includes("ELB system health check failure"))).toBe(
      true,
    );
  });

  it("tells of a launch that fails and tries again", async () => {
    await create({ LaunchTemplate: { LaunchTemplateName: "hello", Version: "1" }, DesiredCapacity: 0 });
    jest.spyOn(cloud.instances, "launch").mockRejectedValueOnce(new Error("Insufficient capacity."));
    await cloud.client().send(new SetDesiredCapacityCommand({ ...name, DesiredCapacity: 1 }));
    await inService(1);
    const { Activities } = await cloud.client().send(new DescribeScalingActivitiesCommand(name));
    expect(Activities!.map(({ StatusCode }) => StatusCode)).toEqual(["Successful", "Failed"]);
    expect(Activities![1]!.StatusMessage).toBe("Insufficient capacity. Launching EC2 instance failed.");
    expect(cloud.events.map(({ detailType }) => detailType)).toContain("EC2 Instance Launch Unsuccessful");
  });

  it("terminates, parks and brings back single instances", async () => {
    await create({ DesiredCapacity: 2 });
    const [first, second] = (await inService(2)).Instances!.map(({ InstanceId }) => InstanceId!);
    const client = cloud.client();
    await client.send(
      new EnterStandbyCommand({ ...name, InstanceIds: [first!], ShouldDecrementDesiredCapacity: true }),
    );
    const group = await describeGroup();
    expect(group.DesiredCapacity).toBe(1);
    expect(group.Instances!.find(({ InstanceId }) => InstanceId === first)!.LifecycleState).toBe("Standby");
    await client.send(new ExitStandbyCommand({ ...name, InstanceIds: [first!] }));
    await client.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: second,
        ShouldDecrementDesiredCapacity: true,
      }),
    );
    expect((await inService(1)).Instances![0]!.InstanceId).toBe(first);
  });

  it("keeps tags, suspended processes and metrics", async () => {
    await create({ DesiredCapacity: 0 });
    const client = cloud.client();
    const tag = (Key: string, Value: string) => ({
      Key,
      Value,
      ResourceId: "hello",
      ResourceType: "auto-scaling-group",
      PropagateAtLaunch: false,
    });
    await client.send(new CreateOrUpdateTagsCommand({ Tags: [tag("a", "1"), tag("b", "2")] }));
    await client.send(new DeleteTagsCommand({ Tags: [tag("a", "1")] }));
    await client.send(new SuspendProcessesCommand({ ...name, ScalingProcesses: ["AZRebalance", "Launch"] }));
    await client.send(new ResumeProcessesCommand({ ...name, ScalingProcesses: ["Launch"] }));
    await client.send(new EnableMetricsCollectionCommand({ ...name, Granularity: "1Minute" }));
    await client.send(new DisableMetricsCollectionCommand({ ...name, Metrics: ["GroupMinSize"] }));
    const group = await describeGroup();
    expect(group.Tags).toEqual([tag("b", "2")]);
    expect(group.SuspendedProcesses!.map(({ ProcessName }) => ProcessName)).toEqual(["AZRebalance"]);
    expect(group.EnabledMetrics).toHaveLength(12);
    expect((await client.send(new DescribeTagsCommand({}))).Tags).toHaveLength(1);
  });

  it("is gone with its instances when it is deleted by force, and only then", async () => {
    await create();
    await inService(1);
    await expect(cloud.client().send(new DeleteAutoScalingGroupCommand(name))).rejects.toMatchObject({
      name: "ResourceInUseFault",
    });
    await cloud.client().send(new DeleteAutoScalingGroupCommand({ ...name, ForceDelete: true }));
    await until(describeGroup, (group) => group === undefined);
    expect([...cloud.emulator.records.values()].map(({ state }) => state)).toEqual(["terminated"]);
  });

  it("can be created again at once after its instances are gone", async () => {
    await create({ DesiredCapacity: 0 });
    await cloud.client().send(new DeleteAutoScalingGroupCommand(name));
    await create({ DesiredCapacity: 1 });
    await inService(1);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      "a second group of the name",
      async () => {
        await create();
        return create();
      },
      "already exists",
    ],
    [
      "sizes that contradict",
      () => create({ MinSize: 4 }),
      "Max bound, 3, must be greater than or equal to min bound, 4",
    ],
    [
      "a desired capacity out of bounds",
      () => create({ DesiredCapacity: 9 }),
      "Desired capacity:9 must be between the specified min size:0 and max size:3",
    ],
    [
      "no launch template",
      () => create({ LaunchTemplate: undefined }),
      "Valid requests must contain either LaunchTemplate",
    ],
    [
      "no subnets",
      () => create({ VPCZoneIdentifier: undefined }),
      "At least one Availability Zone or VPC Subnet is required.",
    ],
    [
      "what the local cloud does not do",
      () => create({ LoadBalancerNames: ["classic"] }),
      "LoadBalancerNames is not served by the local cloud",
    ],
    [
      "a group that is not there",
      () => cloud.client().send(new SetDesiredCapacityCommand({ ...name, DesiredCapacity: 1 })),
      "AutoScalingGroup hello not found",
    ],
    [
      "an operation that is not served",
      () => cloud.client().send(new PutScalingPolicyCommand({ ...name, PolicyName: "p" })),
      "Could not find operation PutScalingPolicy",
    ],
    [
      "more than the maximum",
      async () => {
        await create();
        return cloud.client().send(new SetDesiredCapacityCommand({ ...name, DesiredCapacity: 4 }));
      },
      "New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.",
    ],
    [
      "a rollback without a refresh",
      async () => {
        await create();
        return cloud.client().send(new RollbackInstanceRefreshCommand(name));
      },
      "No in progress or pending Instance Refresh found for Auto Scaling group hello",
    ],
    [
      "auto rollback to a version that is no number",
      async () => {
        await create({ LaunchTemplate: { LaunchTemplateName: "hello", Version: "$Latest" } });
        const DesiredConfiguration = { LaunchTemplate: { LaunchTemplateName: "hello", Version: "2" } };
        return cloud.client().send(
          new StartInstanceRefreshCommand({
            ...name,
            DesiredConfiguration,
            Preferences: { AutoRollback: true },
          }),
        );
      },
      "uses the launch template's $Latest version",
    ],
    [
      "percentages too far apart",
      async () => {
        await create();
        const Preferences = { MinHealthyPercentage: 50, MaxHealthyPercentage: 200 };
        return cloud.client().send(new StartInstanceRefreshCommand({ ...name, Preferences }));
      },
      "cannot be greater than 100",
    ],
    [
      "a launch template while a refresh with a desired one goes on",
      async () => {
        await create();
        const DesiredConfiguration = { LaunchTemplate: { LaunchTemplateName: "hello", Version: "2" } };
        const Preferences = { InstanceWarmup: 3600 };
        await cloud
          .client()
          .send(new StartInstanceRefreshCommand({ ...name, DesiredConfiguration, Preferences }));
        return cloud.client().send(
          new UpdateAutoScalingGroupCommand({
            ...name,
            LaunchTemplate: { LaunchTemplateName: "hello", Version: "3" },
          }),
        );
      },
      "An active instance refresh with a desired configuration exists.",
    ],
  ])("refuses %s", async (_, request, message) => {
    await expect(request()).rejects.toMatchObject({ message: expect.stringContaining(message) as string });
  });
});
