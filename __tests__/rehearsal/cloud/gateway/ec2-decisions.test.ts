import {
  DescribeImagesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeTagsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { Ec2Decisions } from "../../../../rehearsal/cloud/gateway/ec2-decisions";

const ec2 = mockClient(EC2Client);
const cloud = { partition: "aws", region: "eu-west-1", accountId: "111122223333" } as const;
const decisions = new Ec2Decisions(new EC2Client({ region: "eu-west-1" }), cloud);

beforeEach(() => {
  ec2.reset();
  ec2.on(DescribeTagsCommand).resolves({ Tags: [{ Key: "Application", Value: "hello" }, { Key: "Empty" }] });
  ec2.on(DescribeLaunchTemplatesCommand).resolves({ LaunchTemplates: [] });
  ec2
    .on(DescribeLaunchTemplatesCommand, { LaunchTemplateNames: ["hello"] })
    .resolves({ LaunchTemplates: [{ LaunchTemplateId: "lt-1" }] });
});
afterAll(() => ec2.restore());

const permissionsOf = (form: Record<string, string>) =>
  decisions.permissionsOf({
    method: "POST",
    url: new URL("http://127.0.0.1/"),
    headers: {},
    body: Buffer.from(new URLSearchParams(form).toString()),
  });

const account = "arn:aws:ec2:eu-west-1:111122223333:";
const regional = "arn:aws:ec2:eu-west-1::";

it.each<[Record<string, string>, string]>([
  [{ Action: "CreateLaunchTemplateVersion", LaunchTemplateId: "lt-1" }, `${account}launch-template/lt-1`],
  [{ Action: "CreateLaunchTemplateVersion", LaunchTemplateName: "hello" }, `${account}launch-template/lt-1`],
  [{ Action: "ModifyLaunchTemplate", LaunchTemplateId: "lt-1" }, `${account}launch-template/lt-1`],
  [{ Action: "DeleteLaunchTemplateVersions", LaunchTemplateId: "lt-1" }, `${account}launch-template/lt-1`],
  [{ Action: "DeregisterImage", ImageId: "ami-1" }, `${regional}image/ami-1`],
  [{ Action: "DescribeImageAttribute", ImageId: "ami-1" }, `${regional}image/ami-1`],
  [{ Action: "DisableImage", ImageId: "ami-1" }, `${regional}image/ami-1`],
  [{ Action: "DisableImageDeprecation", ImageId: "ami-1" }, `${regional}image/ami-1`],
  [{ Action: "EnableImage", ImageId: "ami-1" }, `${regional}image/ami-1`],
  [{ Action: "EnableImageDeprecation", ImageId: "ami-1" }, `${regional}image/ami-1`],
  [{ Action: "DeleteSnapshot", SnapshotId: "snap-1" }, `${regional}snapshot/snap-1`],
])("%j is decided by the tags of %s", async (form, resource) => {
  const context = { "aws:ResourceTag/Application": "hello", "aws:ResourceTag/Empty": "" };
  expect(await permissionsOf(form)).toEqual([{ action: `ec2:${form.Action}`, resource, context }]);
  expect(ec2.commandCalls(DescribeTagsCommand).map(({ args }) => args[0].input.Filters)).toEqual([
    [{ Name: "resource-id", Values: [resource.split("/")[1]] }],
  ]);
});

it("decides about the snapshots that go with an image, one by one", async () => {
  ec2.on(DescribeImagesCommand).resolves({
    Images: [{ BlockDeviceMappings: [{ Ebs: { SnapshotId: "snap-1" } }, { VirtualName: "ephemeral0" }] }],
  });
  const form = { Action: "DeregisterImage", ImageId: "ami-1", DeleteAssociatedSnapshots: "true" };
  expect((await permissionsOf(form))!.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
    `ec2:DeregisterImage ${regional}image/ami-1`,
    `ec2:DeleteSnapshot ${regional}snapshot/snap-1`,
  ]);
});

it("allows nothing on a launch template that is not there", async () => {
  const [permission] = (await permissionsOf({ Action: "ModifyLaunchTemplate", LaunchTemplateName: "gone" }))!;
  expect(permission!.resource).toBe(`${account}launch-template/`);
});

it("decides about descriptions on everything, as EC2 does", async () => {
  const expected = [{ action: "ec2:DescribeImages", resource: "*" }];
  expect(await permissionsOf({ Action: "DescribeImages" })).toEqual(expected);
});

it.each(["RunInstances", "CreateTags", ""])("leaves '%s' to the emulator", async (Action) => {
  expect(await permissionsOf({ Action })).toBeUndefined();
  expect(ec2.calls()).toEqual([]);
});
