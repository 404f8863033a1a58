import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  StartInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingGroup,
  type InstanceRefresh,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DescribeImagesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  ModifyLaunchTemplateCommand,
} from "@aws-sdk/client-ec2";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { FleetRollback } from "../../cli/fleet-rollback";
import { parseRollback } from "../../cli/rollback-arguments";
import { UserError } from "../../cli/user-error";
import { Names } from "../../config/names";

const names = new Names({ name: "shop", region: "eu-west-1", accountId: "111122223333" }).environment("dev");
const autoScaling = mockClient(AutoScalingClient);
const cloudWatch = mockClient(CloudWatchClient);
const ec2 = mockClient(EC2Client);
const lambda = mockClient(LambdaClient);
const preferences = {
  AutoRollback: true,
  BakeTime: 180,
  AlarmSpecification: { Alarms: ["shop-dev-server-errors", "shop-dev-unhealthy-hosts"] },
};
let said: string[];

const rollBack = (version?: string): Promise<void> => {
  const clients = {
    autoScaling: new AutoScalingClient({}),
    cloudWatch: new CloudWatchClient({}),
    ec2: new EC2Client({}),
    lambda: new LambdaClient({}),
  };
  return new FleetRollback(clients, {
    names,
    say: (line) => said.push(line),
    pauseMilliseconds: 0,
  }).perform(version);
};
function giveGroup(Version: string, DesiredCapacity = 2): void {
  const group = { LaunchTemplate: { Version }, DesiredCapacity };
  autoScaling
    .on(DescribeAutoScalingGroupsCommand, { AutoScalingGroupNames: ["shop-dev"] })
    .resolves({ AutoScalingGroups: [group as unknown as AutoScalingGroup] });
}
function giveRefresh(...answers: readonly Partial<InstanceRefresh>[]): void {
  const command = autoScaling.on(DescribeInstanceRefreshesCommand, { InstanceRefreshIds: ["refresh-1"] });
  for (const answer of answers.slice(0, -1)) command.resolvesOnce({ InstanceRefreshes: [answer] });
  command.resolves({ InstanceRefreshes: [answers.at(-1)!] });
}
const started = () => autoScaling.commandCalls(StartInstanceRefreshCommand).map((call) => call.args[0].input);
const newDefaults = () =>
  ec2.commandCalls(ModifyLaunchTemplateCommand).map((call) => call.args[0].input.DefaultVersion);

beforeEach(() => {
  for (const mock of [autoScaling, cloudWatch, ec2, lambda]) mock.reset();
  said = [];
  giveGroup("5");
  autoScaling.on(DescribeInstanceRefreshesCommand).resolves({ InstanceRefreshes: [] });
  giveRefresh({ Status: "InProgress", PercentageComplete: 50 }, { Status: "Successful" });
  autoScaling.on(StartInstanceRefreshCommand).resolves({ InstanceRefreshId: "refresh-1" });
  autoScaling.on(UpdateAutoScalingGroupCommand).resolves({});
  cloudWatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] });
  const versions = [1, 2, 4, 5].map((VersionNumber) => ({
    VersionNumber,
    VersionDescription: VersionNumber === 1 ? "no release" : `1.0.${VersionNumber}`,
    LaunchTemplateData: { ImageId: `ami-${VersionNumber}` },
  }));
  ec2.on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateName: "shop-dev-release" }).resolves({
    LaunchTemplateVersions: versions,
  });
  ec2.on(DescribeImagesCommand).resolves({ Images: [{ State: "available" }] });
  ec2.on(ModifyLaunchTemplateCommand).resolves({});
  lambda
    .on(GetFunctionConfigurationCommand, { FunctionName: "shop-dev-roll-out" })
    .resolves({ Environment: { Variables: { REFRESH_PREFERENCES: JSON.stringify(preferences) } } });
});

describe("rolling back by hand", () => {
  it("refreshes to the release before the group's, with the pipeline's preferences", async () => {
    await rollBack();
    expect(started()).toEqual([
      {
        AutoScalingGroupName: "shop-dev",
        Strategy: "Rolling",
        DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: "shop-dev-release", Version: "4" } },
        Preferences: preferences,
      },
    ]);
  });

  it("follows the refresh, and only then makes the release the default", async () => {
    await rollBack();
    expect(newDefaults()).toEqual(["4"]);
    expect(said).toEqual([
      "shop-dev: from release 1.0.5 back to 1.0.4 (ami-4)",
      "instance refresh refresh-1 is InProgress, 50 percent",
      "release 1.0.4 serves in shop-dev again",
    ]);
  });

  it("takes the release that is asked for, older or newer", async () => {
    await rollBack("1.0.2");
    giveGroup("2");
    await rollBack("1.0.5");
    expect(newDefaults()).toEqual(["2", "5"]);
  });

  it("does not watch an alarm that is raised already: that would not let the refresh start", async () => {
    cloudWatch
      .on(DescribeAlarmsCommand)
      .resolves({ MetricAlarms: [{ AlarmName: "shop-dev-server-errors" }] });
    await rollBack();
    expect(started()[0]?.Preferences?.AlarmSpecification).toEqual({ Alarms: ["shop-dev-unhealthy-hosts"] });
    expect(said).toContain("the alarm shop-dev-server-errors is in ALARM already and is not watched");
  });

  it("only lets a stopped fleet take the release", async () => {
    giveGroup("5", 0);
    await rollBack();
    expect(started()).toEqual([]);
    expect(autoScaling.commandCalls(UpdateAutoScalingGroupCommand)[0]?.args[0].input).toEqual({
      AutoScalingGroupName: "shop-dev",
      LaunchTemplate: { LaunchTemplateName: "shop-dev-release", Version: "4" },
    });
    expect(newDefaults()).toEqual(["4"]);
    expect(said.at(-1)).toBe("shop-dev is stopped; it will start with release 1.0.4");
  });

  it.each(["Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"] as const)(
    "fails with the service's reason when the refresh is %s, and leaves the default version",
    async (Status) => {
      giveRefresh({ Status, StatusReason: "An alarm went off." });
      await expect(rollBack()).rejects.toThrow(
        new UserError(`instance refresh refresh-1 of shop-dev ended ${Status}: An alarm went off.`),
      );
      expect(newDefaults()).toEqual([]);
    },
  );
});

describe("a rollback that can't begin", () => {
  it.each<[string, () => void, string | undefined, string]>([
    [
      "there is no group",
      () => autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups: [] }),
      undefined,
      'the Auto Scaling group "shop-dev" does not exist; deploy its fleet stack first',
    ],
    ["the version is unknown", () => {}, "1.0.9", 'shop-dev has no release "1.0.9"; allowed: 1.0.4, 1.0.2'],
    ["the version runs", () => {}, "1.0.5", 'shop-dev runs release "1.0.5" already; allowed: 1.0.4, 1.0.2'],
    [
      "there is no release before",
      () => giveGroup("2"),
      undefined,
      "shop-dev has no release before the one that it runs; allowed: 1.0.5, 1.0.4",
    ],
    [
      "the image is gone",
      () => ec2.on(DescribeImagesCommand).resolves({ Images: [] }),
      undefined,
      'the image "ami-4" of release 1.0.4 is deregistered, so nothing can be started from it; allowed: a release whose image is available',
    ],
    [
      "the pipeline stack is older",
      () => lambda.on(GetFunctionConfigurationCommand).resolves({}),
      undefined,
      'the function "shop-dev-roll-out" has no REFRESH_PREFERENCES; deploy the pipeline stack again',
    ],
  ])("says so when %s", async (_when, arrange, version, message) => {
    arrange();
    await expect(rollBack(version)).rejects.toThrow(new UserError(message));
    expect(started()).toEqual([]);
  });

  it.each(["Pending", "InProgress", "Baking", "Cancelling", "RollbackInProgress"] as const)(
    "says so when a refresh is %s",
    async (Status) => {
      autoScaling
        .on(DescribeInstanceRefreshesCommand)
        .resolves({ InstanceRefreshes: [{ InstanceRefreshId: "refresh-0", Status }] });
      await expect(rollBack()).rejects.toThrow(
        `instance refresh "refresh-0" of shop-dev is ${Status}; wait for its end`,
      );
      expect(started()).toEqual([]);
    },
  );
});

describe("the arguments", () => {
  it.each([
    [["dev"], { environment: "dev", version: undefined }],
    [["dev", "1.0.4"], { environment: "dev", version: "1.0.4" }],
  ])("are read from %j", (args, expected) => {
    expect(parseRollback(args, ["dev", "production"])).toEqual(expected);
  });

  it.each([
    [[], /^usage: npm run rollback -- ENVIRONMENT \[VERSION\]; environments: dev, production$/],
    [["dev", "1.0.4", "1.0.5"], /^usage: /],
    [["staging"], /^the configuration has no environment "staging"; allowed: dev, production$/],
    [["dev", "latest"], /^the version is "latest"; allowed: MAJOR.MINOR.PATCH, such as "1.0.7"$/],
    [["--fast"], /--fast.*; usage: /],
  ])("are refused when they are %j", (args, message) => {
    expect(() => parseRollback(args, ["dev", "production"])).toThrow(UserError);
    expect(() => parseRollback(args, ["dev", "production"])).toThrow(message);
  });
});
