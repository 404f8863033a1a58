import {
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateVersionsCommand,
  DescribeImagesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  type Image,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { handler } from "../../../lambda/prepare-release/handler";
import { Answers, executionId, jobEvent, serviceError, silenceLogs } from "../support/job-events";

// waits between two looks at what may not be known everywhere yet
jest.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));

const parameters = { ExecutionId: executionId, Version: "1.0.7", ImageId: "ami-7" };
const event = jobEvent({ parameters });
const [ec2, answers] = [mockClient(EC2Client), new Answers()];
const image: Image = {
  ImageId: "ami-7",
  State: "available",
  Tags: [
    { Key: "Application", Value: "shop" },
    { Key: "Name", Value: "shop" },
    { Key: "Version", Value: "1.0.7" },
    { Key: "CommitId", Value: "c0ffee" },
    { Key: "CreatedBy", Value: "EC2 Image Builder" },
  ],
};
const releases = (...versions: readonly { number: number; version: string; imageId: string }[]) =>
  ec2.on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateName: "shop-dev-release" }).resolves({
    LaunchTemplateVersions: versions.map(({ number, version, imageId }) => ({
      VersionNumber: number,
      VersionDescription: version,
      LaunchTemplateData: { ImageId: imageId },
    })),
  });

beforeEach(() => {
  silenceLogs();
  ec2.reset();
  answers.reset();
  Object.assign(process.env, {
    APPLICATION: "shop",
    ENVIRONMENT: "dev",
    BLUEPRINT_TEMPLATE: "shop-dev-blueprint",
    RELEASE_TEMPLATE: "shop-dev-release",
  });
  ec2.on(DescribeImagesCommand).resolves({ Images: [image] });
  releases({ number: 1, version: "", imageId: "ami-none" });
  ec2
    .on(DescribeLaunchTemplateVersionsCommand, {
      LaunchTemplateName: "shop-dev-blueprint",
      Versions: ["$Latest"],
    })
    .resolves({
      LaunchTemplateVersions: [{ VersionNumber: 4, LaunchTemplateData: { InstanceType: "t4g.small" } }],
    });
  ec2.on(CreateLaunchTemplateVersionCommand).resolves({ LaunchTemplateVersion: { VersionNumber: 5 } });
  ec2.on(DeleteLaunchTemplateVersionsCommand).resolves({});
});

describe("preparing a release", () => {
  it("makes a version of the blueprint's newest data with the image and the release's tags", async () => {
    await handler(event);
    const input = ec2.commandCalls(CreateLaunchTemplateVersionCommand)[0]?.args[0].input;
    expect(input).toEqual(
      expect.objectContaining({
        LaunchTemplateName: "shop-dev-release",
        VersionDescription: "1.0.7",
        LaunchTemplateData: expect.objectContaining({ InstanceType: "t4g.small", ImageId: "ami-7" }),
      }),
    );
    const tags = Object.fromEntries(
      (input?.LaunchTemplateData?.TagSpecifications?.[0]?.Tags ?? []).map(({ Key, Value }) => [Key, Value]),
    );
    expect(tags).toEqual({
      Application: "shop",
      Name: "shop-dev",
      Version: "1.0.7",
      CommitId: "c0ffee",
      Environment: "dev",
    });
    expect(answers.outputs).toEqual({ LaunchTemplateVersion: "5" });
  });

  it("sends the same client token when a job is delivered twice", async () => {
    await handler(event);
    await handler(event);
    const tokens = ec2
      .commandCalls(CreateLaunchTemplateVersionCommand)
      .map((call) => call.args[0].input.ClientToken);
    expect(new Set(tokens).size).toBe(1);
  });

  it("takes the version that an earlier attempt made", async () => {
    releases({ number: 5, version: "1.0.7", imageId: "ami-7" });
    await handler(event);
    expect(answers.outputs).toEqual({ LaunchTemplateVersion: "5" });
    expect(ec2.commandCalls(CreateLaunchTemplateVersionCommand)).toHaveLength(0);
  });

  it("fails when the release exists with another image, and names both", async () => {
    releases({ number: 5, version: "1.0.7", imageId: "ami-6" });
    await handler(event);
    expect(answers.failure).toContain(
      "shop-dev-release:5 is release 1.0.7 already, with image ami-6, not ami-7",
    );
  });

  it("fails on EC2's warning and deletes the version that it warns of", async () => {
    ec2.on(CreateLaunchTemplateVersionCommand).resolves({
      LaunchTemplateVersion: { VersionNumber: 5 },
      Warning: { Errors: [{ Code: "InvalidKey", Message: "no such key" }] },
    });
    await handler(event);
    expect(answers.failure).toContain("InvalidKey: no such key");
    expect(ec2.commandCalls(DeleteLaunchTemplateVersionsCommand)[0]?.args[0].input.Versions).toEqual(["5"]);
  });

  it.each([
    ["is missing", undefined, "image ami-7 does not exist"],
    [
      "is not available",
      { ...image, State: "failed" as const, StateReason: { Message: "no disk" } },
      "image ami-7 is failed, not available: no disk",
    ],
    [
      "is another application's",
      { ...image, Tags: [] },
      'has the tag Application "", but "shop" is to be released',
    ],
    [
      "is another release",
      {
        ...image,
        Tags: [
          { Key: "Application", Value: "shop" },
          { Key: "Version", Value: "1.0.6" },
        ],
      },
      'has the tag Version "1.0.6", but "1.0.7"',
    ],
  ])("fails on an image that %s", async (_what, found, message) => {
    ec2.on(DescribeImagesCommand).resolves({ Images: found ? [found] : [] });
    await handler(event);
    expect(answers.failure).toContain(message);
    expect(ec2.commandCalls(CreateLaunchTemplateVersionCommand)).toHaveLength(0);
  });

  it("looks again for an image that is not known everywhere yet", async () => {
    ec2
      .on(DescribeImagesCommand)
      .rejectsOnce(serviceError("InvalidAMIID.NotFound"))
      .resolves({ Images: [image] });
    await handler(event);
    expect(ec2.commandCalls(CreateLaunchTemplateVersionCommand)).toHaveLength(1);
  });

  it("fails on an image that stays unknown", async () => {
    ec2.on(DescribeImagesCommand).rejects(serviceError("InvalidAMIID.NotFound"));
    await handler(event);
    expect(answers.failure).toBe("image ami-7 does not exist");
  });

  it.each([
    ["UnauthorizedOperation", DescribeImagesCommand],
    ["RequestLimitExceeded", CreateLaunchTemplateVersionCommand],
  ] as const)("fails with EC2's reason on %s", async (name, command) => {
    ec2.on(command as typeof DescribeImagesCommand).rejects(serviceError(name));
    await handler(event);
    expect(answers.failure).toBe(`${name}: the service's own reason`);
  });
});
