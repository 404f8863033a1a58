import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  StartInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingGroup,
  type Instance,
  type InstanceRefresh,
  type InstanceRefreshStatus,
} from "@aws-sdk/client-auto-scaling";
import {
  DeleteLaunchTemplateVersionsCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  ModifyLaunchTemplateCommand,
} from "@aws-sdk/client-ec2";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetHealthStateEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { handler } from "../../../lambda/roll-out/handler";
import { encodeContinuation } from "../../../lambda/shared/continuation";
import { Answers, executionId, jobEvent, serviceError, silenceLogs } from "../support/job-events";

// waits between two looks at what may not be known everywhere yet
jest.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));

const parameters = { ExecutionId: executionId, Version: "1.0.7", LaunchTemplateVersion: "5" };
const first = jobEvent({ parameters });
const preferences = {
  AutoRollback: true,
  MinHealthyPercentage: 100,
  MaxHealthyPercentage: 200,
  SkipMatching: true,
};
const [autoScaling, ec2, answers] = [mockClient(AutoScalingClient), mockClient(EC2Client), new Answers()];
const loadBalancing = mockClient(ElasticLoadBalancingV2Client);
const inProgress = serviceError("InstanceRefreshInProgressFault");

function later(phase: "refreshing" | "starting", deadline = Date.now() + 60_000): object {
  const state = { phase, refreshId: phase === "refreshing" ? "refresh-1" : "", deadline: String(deadline) };
  return jobEvent({
    parameters,
    continuationToken: encodeContinuation("roll-out", executionId, { state, misses: 0 }),
  });
}
function giveGroup(
  version: string,
  DesiredCapacity: number,
  Instances: readonly Partial<Instance>[] = [],
): void {
  const group = { LaunchTemplate: { Version: version }, DesiredCapacity, Instances };
  autoScaling
    .on(DescribeAutoScalingGroupsCommand)
    .resolves({ AutoScalingGroups: [group as unknown as AutoScalingGroup] });
}
function giveRefreshes(...InstanceRefreshes: readonly InstanceRefresh[]): void {
  autoScaling.on(DescribeInstanceRefreshesCommand).resolves({ InstanceRefreshes: [...InstanceRefreshes] });
}
const refreshTo = (
  Version: string,
  Status: InstanceRefreshStatus,
  EndTime = new Date(),
): InstanceRefresh => ({
  InstanceRefreshId: `refresh-to-${Version}`,
  Status,
  EndTime,
  DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: "shop-dev-release", Version } },
});
function giveDefaultVersion(VersionNumber: number): void {
  ec2
    .on(DescribeLaunchTemplateVersionsCommand, {
      LaunchTemplateName: "shop-dev-release",
      Versions: ["$Default"],
    })
    .resolves({ LaunchTemplateVersions: [{ VersionNumber }] });
}
const instance = (LifecycleState: Instance["LifecycleState"], HealthStatus = "Healthy", Version = "5") => ({
  LifecycleState,
  HealthStatus,
  LaunchTemplate: { Version },
});
function giveTargets(...states: readonly TargetHealthStateEnum[]): void {
  const Instances = states.map((_state, index) => ({ ...instance("InService"), InstanceId: `i-${index}` }));
  const group = {
    LaunchTemplate: { Version: "5" },
    DesiredCapacity: states.length,
    Instances,
    TargetGroupARNs: ["targets"],
  };
  autoScaling
    .on(DescribeAutoScalingGroupsCommand)
    .resolves({ AutoScalingGroups: [group as unknown as AutoScalingGroup] });
  loadBalancing.on(DescribeTargetHealthCommand, { TargetGroupArn: "targets" }).resolves({
    TargetHealthDescriptions: states.map((State, index) => ({
      Target: { Id: `i-${index}` },
      TargetHealth: { State },
    })),
  });
}
const updates = () =>
  autoScaling.commandCalls(UpdateAutoScalingGroupCommand).map((call) => call.args[0].input);
const newDefaults = () =>
  ec2.commandCalls(ModifyLaunchTemplateCommand).map((call) => call.args[0].input.DefaultVersion);
const deleted = () =>
  ec2.commandCalls(DeleteLaunchTemplateVersionsCommand).map((call) => call.args[0].input.Versions);
const started = () => autoScaling.commandCalls(StartInstanceRefreshCommand);

beforeEach(() => {
  silenceLogs();
  for (const mock of [autoScaling, ec2, loadBalancing]) mock.reset();
  answers.reset();
  Object.assign(process.env, {
    AUTO_SCALING_GROUP: "shop-dev",
    RELEASE_TEMPLATE: "shop-dev-release",
    DESIRED_CAPACITY: "2",
    REFRESH_PREFERENCES: JSON.stringify(preferences),
  });
  giveGroup("4", 2);
  giveRefreshes();
  giveDefaultVersion(4);
  ec2
    .on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateName: "shop-dev-release", Versions: ["5"] })
    .resolves({ LaunchTemplateVersions: [{ VersionNumber: 5, VersionDescription: "1.0.7" }] });
  ec2.on(ModifyLaunchTemplateCommand).resolves({});
  ec2.on(DeleteLaunchTemplateVersionsCommand).resolves({});
  autoScaling.on(StartInstanceRefreshCommand).resolves({ InstanceRefreshId: "refresh-1" });
  autoScaling.on(UpdateAutoScalingGroupCommand).resolves({});
});

describe("rolling out to a running fleet", () => {
  it("starts a refresh to the numbered version with the configured preferences", async () => {
    await handler(first);
    expect(started()[0]?.args[0].input).toEqual({
      AutoScalingGroupName: "shop-dev",
      Strategy: "Rolling",
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: "shop-dev-release", Version: "5" } },
      Preferences: preferences,
    });
    expect(answers.token).toContain("refresh-1");
    expect(updates()).toEqual([]);
  });

  it.each(["Pending", "InProgress", "Baking", "Cancelling", "RollbackInProgress"] as const)(
    "adopts its own refresh that is %s when the job is delivered twice",
    async (Status) => {
      const LaunchTemplate = { LaunchTemplateName: "shop-dev-release", Version: "5" };
      giveRefreshes({ InstanceRefreshId: "refresh-1", Status, DesiredConfiguration: { LaunchTemplate } });
      await handler(first);
      expect(answers.token).toContain("refresh-1");
      expect(started()).toHaveLength(0);
    },
  );

  it("adopts its own refresh when the answer to its start was lost", async () => {
    const LaunchTemplate = { LaunchTemplateName: "shop-dev-release", Version: "5" };
    autoScaling.on(StartInstanceRefreshCommand).rejects(inProgress);
    autoScaling
      .on(DescribeInstanceRefreshesCommand)
      .resolvesOnce({ InstanceRefreshes: [] })
      .resolves({
        InstanceRefreshes: [
          { InstanceRefreshId: "refresh-1", Status: "Pending", DesiredConfiguration: { LaunchTemplate } },
        ],
      });
    await handler(first);
    expect(answers.token).toContain("refresh-1");
  });

  it.each(["Successful", "RollbackSuccessful", "RollbackFailed"] as const)(
    "adopts its own refresh that is %s already when the job is delivered twice",
    async (Status) => {
      giveRefreshes(refreshTo("5", Status), refreshTo("4", "Successful"));
      await handler(first);
      expect(answers.token).toContain("refresh-to-5");
      expect(started()).toHaveLength(0);
    },
  );

  it.each([
    ["after one that was cancelled, for a retry", [refreshTo("5", "Cancelled")]],
    ["after one that failed, for a retry", [refreshTo("5", "Failed")]],
    [
      "after one whose rollback failed too long ago for this job, for a retry",
      [refreshTo("5", "RollbackFailed", new Date(Date.now() - 20 * 60_000))],
    ],
    [
      "to a version that served before, for a rollback",
      [refreshTo("6", "Successful"), refreshTo("5", "Successful")],
    ],
  ])("starts a refresh %s", async (_when, before) => {
    giveRefreshes(...before);
    await handler(first);
    expect(started()).toHaveLength(1);
  });

  it.each([
    ["Pending", "4"],
    ["InProgress", "4"],
    ["Baking", "4"],
    ["Cancelling", "4"],
    ["RollbackInProgress", "4"],
  ] as const)("fails when a refresh is %s to version %s, and says which", async (Status, Version) => {
    giveRefreshes({
      InstanceRefreshId: "refresh-0",
      Status,
      DesiredConfiguration: { LaunchTemplate: { Version } },
    });
    await handler(first);
    expect(answers.failure).toContain(`refresh-0 to launch template version ${Version} is ${Status}`);
    expect(started()).toHaveLength(0);
  });

  it("fails when the group does not exist", async () => {
    autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups: [] });
    await handler(first);
    expect(answers.failure).toContain("the Auto Scaling group shop-dev does not exist");
  });

  it("fails when its version was refused before, and says what to retry", async () => {
    ec2
      .on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateName: "shop-dev-release", Versions: ["5"] })
      .rejects(serviceError("InvalidLaunchTemplateId.VersionNotFound"));
    await handler(first);
    expect(answers.failure).toContain("retry all actions of the stage");
  });

  it("looks again for a version that is not known everywhere yet", async () => {
    ec2
      .on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateName: "shop-dev-release", Versions: ["5"] })
      .rejectsOnce(serviceError("InvalidLaunchTemplateId.VersionNotFound"))
      .resolves({ LaunchTemplateVersions: [{ VersionNumber: 5, VersionDescription: "1.0.7" }] });
    await handler(first);
    expect(started()).toHaveLength(1);
  });

  it("fails when its version is another release", async () => {
    ec2
      .on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateName: "shop-dev-release", Versions: ["5"] })
      .resolves({ LaunchTemplateVersions: [{ VersionNumber: 5, VersionDescription: "1.0.6" }] });
    await handler(first);
    expect(answers.failure).toContain('is release "1.0.6", not 1.0.7');
  });

  it("fails on preferences that are no JSON", async () => {
    process.env.REFRESH_PREFERENCES = "{";
    await handler(first);
    expect(answers.failure).toContain('REFRESH_PREFERENCES is "{"');
  });

  it.each(["ValidationError", "LimitExceededFault", "ResourceContentionFault"])(
    "fails with the reason of %s",
    async (name) => {
      autoScaling.on(StartInstanceRefreshCommand).rejects(serviceError(name));
      await handler(first);
      expect(answers.failure).toBe(`${name}: the service's own reason`);
    },
  );
});

describe("following a refresh", () => {
  it.each(["Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking"] as const)(
    "goes on waiting while it is %s, with its percentage",
    async (Status) => {
      giveRefreshes({
        InstanceRefreshId: "refresh-1",
        Status,
        PercentageComplete: 50,
        StatusReason: "warming up",
      });
      await handler(later("refreshing"));
      expect(answers.successes[0]?.executionDetails).toEqual({
        summary: `refresh refresh-1 of shop-dev to release 1.0.7 is ${Status}, 50 percent: warming up`,
        externalExecutionId: "refresh-1",
        percentComplete: 50,
      });
      expect(newDefaults()).toEqual([]);
    },
  );

  it("looks again for a refresh that is not known everywhere yet", async () => {
    autoScaling
      .on(DescribeInstanceRefreshesCommand)
      .resolvesOnce({ InstanceRefreshes: [] })
      .resolves({ InstanceRefreshes: [{ InstanceRefreshId: "refresh-1", Status: "Pending" }] });
    await handler(later("refreshing"));
    expect(answers.token).toContain("refresh-1");
  });

  it("fails when its refresh stays unknown", async () => {
    await handler(later("refreshing"));
    expect(answers.failure).toBe("instance refresh refresh-1 of shop-dev does not exist");
  });

  it("makes the version the default once the refresh is successful", async () => {
    giveRefreshes({ InstanceRefreshId: "refresh-1", Status: "Successful" });
    await handler(later("refreshing"));
    expect(answers.outputs).toEqual({ InstanceRefreshId: "refresh-1" });
    expect(newDefaults()).toEqual(["5"]);
  });

  it.each(["Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"] as const)(
    "fails with the service's reason and the alarm when it is %s, and deletes the refused version",
    async (Status) => {
      giveRefreshes({
        InstanceRefreshId: "refresh-1",
        Status,
        StatusReason: "An alarm went off.",
        RollbackDetails: { RollbackReason: "automatic rollback" },
        Preferences: { AlarmSpecification: { Alarms: ["shop-dev-5xx"] } },
      });
      await handler(later("refreshing"));
      expect(answers.failure).toBe(
        `release 1.0.7: instance refresh refresh-1 ended ${Status}: An alarm went off.; automatic rollback; alarms watched: shop-dev-5xx`,
      );
      expect(deleted()).toEqual([["5"]]);
      expect(newDefaults()).toEqual([]);
    },
  );

  it.each([
    ["the group uses it", () => giveGroup("5", 2)],
    ["instances run it", () => giveGroup("4", 2, [instance("InService")])],
    ["it is the default version", () => giveDefaultVersion(5)],
  ])("keeps the refused version when %s", async (_what, arrange) => {
    arrange();
    giveRefreshes({ InstanceRefreshId: "refresh-1", Status: "Failed", StatusReason: "because" });
    await handler(later("refreshing"));
    expect(deleted()).toEqual([]);
    expect(answers.failure).toContain("ended Failed: because");
  });

  it("tells the refresh's reason also when the refused version can't be deleted", async () => {
    giveRefreshes({ InstanceRefreshId: "refresh-1", Status: "Failed", StatusReason: "because" });
    ec2.on(DeleteLaunchTemplateVersionsCommand).resolves({
      UnsuccessfullyDeletedLaunchTemplateVersions: [
        { VersionNumber: 5, ResponseError: { Code: "unexpectedError", Message: "no" } },
      ],
    });
    await handler(later("refreshing"));
    expect(answers.failure).toContain("ended Failed: because");
  });

  it("goes on waiting when a check is throttled", async () => {
    autoScaling.on(DescribeInstanceRefreshesCommand).rejects(serviceError("Throttling"));
    await handler(later("refreshing"));
    expect(answers.failures).toEqual([]);
    expect(answers.token).toContain('"misses":1');
  });
});

describe("a group that never ran", () => {
  it("is started at its configured size", async () => {
    giveGroup("1", 0);
    await handler(first);
    expect(updates()).toEqual([
      {
        AutoScalingGroupName: "shop-dev",
        LaunchTemplate: { LaunchTemplateName: "shop-dev-release", Version: "5" },
        DesiredCapacity: 2,
      },
    ]);
    expect(answers.token).toContain("starting");
    expect(started()).toHaveLength(0);
  });

  it("is waited for, not refreshed, when the job is delivered twice", async () => {
    giveGroup("5", 2);
    await handler(first);
    expect(answers.token).toContain("starting");
    expect(updates()).toEqual([]);
    expect(started()).toHaveLength(0);
  });

  it.each([
    ["one is pending", [instance("InService"), instance("Pending")]],
    ["one is unhealthy", [instance("InService"), instance("InService", "Unhealthy")]],
    ["one runs another version", [instance("InService"), instance("InService", "Healthy", "4")]],
  ])("is waited for while %s", async (_what, instances) => {
    giveGroup("5", 2, instances);
    await handler(later("starting"));
    expect(answers.successes[0]?.executionDetails?.summary).toContain("1 of 2 instances are healthy");
  });

  it("is not done while it does not show the version and the size that it was given", async () => {
    giveGroup("1", 0);
    await handler(later("starting"));
    expect(answers.token).toContain("starting");
    expect(newDefaults()).toEqual([]);
  });

  it("keeps its deadline while it is waited for", async () => {
    giveGroup("5", 2);
    const deadline = Date.now() + 12_345;
    await handler(later("starting", deadline));
    expect(answers.token).toContain(String(deadline));
  });

  it("is done when all instances are in service and healthy", async () => {
    giveGroup("5", 2, [instance("InService"), instance("InService")]);
    await handler(later("starting"));
    expect(answers.outputs).toEqual({ InstanceRefreshId: "none" });
    expect(newDefaults()).toEqual(["5"]);
  });

  it.each(["initial", "unhealthy", "draining", "unused"] as const)(
    "is waited for while an instance is %s for the load balancer",
    async (state) => {
      giveTargets("healthy", state);
      await handler(later("starting"));
      expect(answers.successes[0]?.executionDetails?.summary).toContain("1 of 2 instances are healthy");
    },
  );

  it("is done when all instances are healthy for the load balancer too", async () => {
    giveTargets("healthy", "healthy");
    await handler(later("starting"));
    expect(answers.outputs).toEqual({ InstanceRefreshId: "none" });
  });

  it("is put back when it does not become healthy in time, with the newest activity's reason", async () => {
    giveGroup("5", 2);
    autoScaling
      .on(UpdateAutoScalingGroupCommand)
      .callsFake(() => giveGroup("1", 0, [instance("Terminating")]));
    giveDefaultVersion(1);
    autoScaling.on(DescribeScalingActivitiesCommand).resolves({
      Activities: [
        {
          ActivityId: "1",
          AutoScalingGroupName: "shop-dev",
          Cause: "",
          StartTime: new Date(0),
          StatusCode: "Failed",
          StatusMessage: "no capacity",
        },
      ],
    });
    await handler(later("starting", Date.now() - 1));
    expect(answers.failure).toContain("only 0 of 2 instances");
    expect(answers.failure).toContain("newest activity: Failed: no capacity");
    expect(updates()[0]).toEqual(
      expect.objectContaining({
        DesiredCapacity: 0,
        LaunchTemplate: { LaunchTemplateName: "shop-dev-release", Version: "1" },
      }),
    );
    expect(deleted()).toEqual([["5"]]);
  });

  it.each(["0", "two"])("is not started at the size %s", async (size) => {
    process.env.DESIRED_CAPACITY = size;
    giveGroup("1", 0);
    await handler(first);
    expect(answers.failure).toContain(`DESIRED_CAPACITY is "${size}"`);
    expect(updates()).toEqual([]);
  });
});

describe("a group that was stopped on purpose", () => {
  it("takes the new version and stays at zero", async () => {
    giveGroup("4", 0);
    await handler(first);
    expect(updates()).toEqual([
      {
        AutoScalingGroupName: "shop-dev",
        LaunchTemplate: { LaunchTemplateName: "shop-dev-release", Version: "5" },
        DesiredCapacity: undefined,
      },
    ]);
    expect(answers.outputs).toEqual({ InstanceRefreshId: "none" });
    expect(newDefaults()).toEqual(["5"]);
    expect(started()).toHaveLength(0);
  });
});
