import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  type AutoScalingGroup,
  type InstanceRefresh,
} from "@aws-sdk/client-auto-scaling";
import {
  DeleteLaunchTemplateVersionsCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { handler } from "../../../lambda/withdraw-release/handler";
import { action, drawn, executionEvent, ExecutionStory } from "../support/executions";
import { serviceError, silenceLogs } from "../support/job-events";

const [autoScaling, ec2, story] = [
  mockClient(AutoScalingClient),
  mockClient(EC2Client),
  new ExecutionStory(),
];
const stage = "DeployImage-production";
const prepared = action(stage, "prepare-release");
const rejected = action(stage, "approve", "Failed");
const waited = [drawn("1.0.7"), prepared, rejected];
const template = "shop-production-release";

const deleted = () => ec2.commandCalls(DeleteLaunchTemplateVersionsCommand).map(({ args }) => args[0].input);
function giveGroup(group: Partial<AutoScalingGroup> | undefined, ...refreshes: InstanceRefresh[]): void {
  const AutoScalingGroups = group && [{ LaunchTemplate: { Version: "4" }, ...group } as AutoScalingGroup];
  autoScaling
    .on(DescribeAutoScalingGroupsCommand, { AutoScalingGroupNames: ["shop-production"] })
    .resolves({ AutoScalingGroups });
  autoScaling
    .on(DescribeInstanceRefreshesCommand, { AutoScalingGroupName: "shop-production" })
    .resolves({ InstanceRefreshes: refreshes });
}
const giveDefault = (VersionNumber: number) =>
  ec2
    .on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateName: template, Versions: ["$Default"] })
    .resolves({ LaunchTemplateVersions: [{ VersionNumber }] });
const giveVersions = (versions: Readonly<Record<number, string>>) =>
  ec2.on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateName: template }).resolves({
    LaunchTemplateVersions: Object.entries(versions).map(([number, VersionDescription]) => ({
      VersionNumber: Number(number),
      VersionDescription,
    })),
  });

beforeEach(() => {
  silenceLogs();
  autoScaling.reset();
  ec2.reset();
  Object.assign(process.env, {
    STAGE: stage,
    AUTO_SCALING_GROUP: "shop-production",
    RELEASE_TEMPLATE: template,
  });
  giveVersions({ 1: "", 4: "1.0.6", 5: "1.0.7" });
  giveDefault(4);
  giveGroup({});
  ec2.on(DeleteLaunchTemplateVersionsCommand).resolves({});
});

describe("an execution that ends while its release waits for an approval", () => {
  it.each([
    ["was rejected, or waited too long", "FAILED", "Failed", waited],
    [
      "was stopped and abandoned",
      "STOPPED",
      "Stopped",
      [drawn("1.0.7"), prepared, action(stage, "approve", "Abandoned")],
    ],
    [
      "was stopped once it was approved",
      "STOPPED",
      "Stopped",
      [drawn("1.0.7"), prepared, action(stage, "approve")],
    ],
    ["was stopped before anybody was asked", "STOPPED", "Stopped", [drawn("1.0.7"), prepared]],
    ["was canceled, because the pipeline was changed", "CANCELED", "Cancelled", waited],
    [
      "was rejected when it was tried a second time",
      "FAILED",
      "Failed",
      [
        drawn("1.0.7"),
        prepared,
        action(stage, "approve"),
        action(stage, "roll-out", "Failed"),
        prepared,
        rejected,
      ],
    ],
  ] as const)("and %s, has what it prepared deleted", async (_how, event, status, actions) => {
    story.tell({ status, executionType: "STANDARD" }, actions);
    await handler(executionEvent(event));
    expect(deleted()).toEqual([{ LaunchTemplateName: template, Versions: ["5"] }]);
  });

  it("has everything of its release deleted, also what nobody was told of, and nothing of another", async () => {
    giveVersions({ 4: "1.0.6", 5: "1.0.7", 6: "1.0.8", 7: "1.0.7" });
    story.tell({ status: "Failed" }, waited);
    await handler(executionEvent("FAILED"));
    expect(deleted().map(({ Versions }) => Versions)).toEqual([["5"], ["7"]]);
  });
});

describe("what is prepared stays", () => {
  const keeps = async (): Promise<void> => {
    await handler(executionEvent("FAILED"));
    expect(deleted()).toEqual([]);
  };

  it.each(["InProgress", "Stopping", "Succeeded"] as const)(
    "when the event comes late: the execution was retried and is %s",
    async (status) => {
      story.tell({ status }, [...waited, prepared]);
      await keeps();
    },
  );

  it("when the execution failed in another stage", async () => {
    story.tell({ status: "Failed" }, [drawn("1.0.7"), action("DeployImage-staging", "roll-out", "Failed")]);
    await keeps();
  });

  it("when the execution failed before it had a version", async () => {
    story.tell({ status: "Failed" }, [action("Source", "Source", "Failed")]);
    await keeps();
    story.tell({ status: "Failed" }, []);
    await keeps();
  });

  it.each(["Failed", "Abandoned"] as const)(
    "when the roll-out has begun and is %s: a retry of it may need it",
    async (status) => {
      story.tell({ status: "Failed" }, [
        drawn("1.0.7"),
        prepared,
        action(stage, "approve"),
        action(stage, "roll-out", status),
      ]);
      await keeps();
    },
  );

  it("when the execution rolls back the stage: that is an earlier release", async () => {
    story.tell({ status: "Failed", executionType: "ROLLBACK" }, waited);
    await keeps();
  });

  it("when it is gone already", async () => {
    giveVersions({ 1: "", 4: "1.0.6" });
    story.tell({ status: "Failed" }, waited);
    await keeps();
  });

  it.each<[string, () => void]>([
    ["it is the default version", () => giveDefault(5)],
    ["the group has it", () => giveGroup({ LaunchTemplate: { Version: "5" } })],
    [
      "instances run it",
      () =>
        giveGroup({
          Instances: [{ LifecycleState: "InService", LaunchTemplate: { Version: "5" } }] as never,
        }),
    ],
    [
      "a refresh brings it",
      () =>
        giveGroup({}, { Status: "InProgress", DesiredConfiguration: { LaunchTemplate: { Version: "5" } } }),
    ],
  ])("when %s", async (_why, give) => {
    give();
    story.tell({ status: "Failed" }, waited);
    await keeps();
  });

  it("but not for instances and refreshes that have ended", async () => {
    giveGroup(
      { Instances: [{ LifecycleState: "Terminated", LaunchTemplate: { Version: "5" } }] as never },
      { Status: "Cancelled", DesiredConfiguration: { LaunchTemplate: { Version: "5" } } },
    );
    story.tell({ status: "Failed" }, waited);
    await handler(executionEvent("FAILED"));
    expect(deleted()).toHaveLength(1);
  });
});

describe("an event twice", () => {
  it("is no harm: what the first one deleted is deleted", async () => {
    story.tell({ status: "Failed" }, waited);
    ec2.on(DeleteLaunchTemplateVersionsCommand).resolves({
      UnsuccessfullyDeletedLaunchTemplateVersions: [
        { VersionNumber: 5, ResponseError: { Code: "launchTemplateVersionDoesNotExist" } },
      ],
    });
    await expect(handler(executionEvent("FAILED"))).resolves.toBeUndefined();
  });
});

describe("the function fails, and is invoked again by Lambda,", () => {
  it("when a service can't be asked", async () => {
    story.mock.reset();
    story.mock.rejects(serviceError("ThrottlingException"));
    await expect(handler(executionEvent("FAILED"))).rejects.toThrow("the service's own reason");
  });

  it("when EC2 does not delete", async () => {
    story.tell({ status: "Failed" }, waited);
    ec2.on(DeleteLaunchTemplateVersionsCommand).resolves({
      UnsuccessfullyDeletedLaunchTemplateVersions: [
        { VersionNumber: 5, ResponseError: { Code: "unexpectedError", Message: "not now" } },
      ],
    });
    await expect(handler(executionEvent("FAILED"))).rejects.toThrow(
      "launch template version shop-production-release:5 can't be deleted: unexpectedError: not now",
    );
  });

  it("when the group does not exist", async () => {
    giveGroup(undefined);
    story.tell({ status: "Failed" }, waited);
    await expect(handler(executionEvent("FAILED"))).rejects.toThrow("shop-production does not exist");
  });

  it("when the event is of something else", async () => {
    await expect(handler({ detail: { pipeline: "shop" } })).rejects.toThrow(
      "the event is none of an execution: it lacks region, executionId",
    );
  });
});
