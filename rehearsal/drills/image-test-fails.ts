import {
  DescribeImagesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { changes } from "./application-copies";
import {
  demandFailure,
  demandNoFailures,
  demandUntouched,
  demandVersions,
  type DrillContext,
} from "./context";
import { demand, type Drill } from "./drill";
import { currentRelease } from "./good-release";

export const imageTestFails: Drill = {
  name: "image-test-fails",
  mustHold: "no fleet is offered the AMI, the fleet is untouched, the reason is shown",
  async run(context: DrillContext) {
    const before = await context.fleet.state();
    const old = await currentRelease(context);
    const release = await context.release(
      context.application.changed(changes.failingImageTest),
      "A release whose image fails its test",
    );
    const reason = demandFailure(release, "bake-image", /FailsOnPurpose|wants this test to fail/);
    const offered = await untestedImages(new EC2Client(context.options), release.version);
    demand(offered.length === 0, `the untested AMI of ${release.version} is in ${offered.join(", ")}`);
    await demandUntouched(context, before);
    const load = context.load();
    demandNoFailures(load);
    demandVersions(load, old);
    return `no launch template has the AMI of ${release.version}, ${old} serves on: ${load.toString()}; ${reason}`;
  },
};

/**
 * Image Builder makes an AMI before it tests it, and leaves it when the test fails; the clean-up removes it with the stack.
 * @returns versions of launch templates that would start one
 */
async function untestedImages(ec2: EC2Client, version: string): Promise<string[]> {
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Owners: ["self"], Filters: [{ Name: "tag:Version", Values: [version] }] }),
  );
  demand(Images.length === 1, `there are ${Images.length} AMIs of ${version}, one was to be left untested`);
  const { LaunchTemplates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
  const found: string[] = [];
  for (const { LaunchTemplateId, LaunchTemplateName } of LaunchTemplates) {
    const { LaunchTemplateVersions = [] } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId }),
    );
    for (const { VersionNumber, LaunchTemplateData } of LaunchTemplateVersions)
      if (LaunchTemplateData?.ImageId === Images[0]!.ImageId)
        found.push(`${LaunchTemplateName}:${VersionNumber}`);
  }
  return found;
}
