import { DescribeImagesCommand, EC2Client } from "@aws-sdk/client-ec2";
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
  mustHold: "no AMI is offered, the fleet is untouched, the reason is shown",
  async run(context: DrillContext) {
    const before = await context.fleet.state();
    const old = await currentRelease(context);
    const release = await context.release(
      context.application.changed(changes.failingImageTest),
      "A release whose image fails its test",
    );
    const reason = demandFailure(release, "bake-image", /FailsOnPurpose|wants this test to fail/);
    const { Images } = await new EC2Client(context.options).send(
      new DescribeImagesCommand({
        Owners: ["self"],
        Filters: [{ Name: "tag:Version", Values: [release.version] }],
      }),
    );
    demand(
      (Images ?? []).length === 0,
      `the AMI ${Images?.[0]?.ImageId} of ${release.version} is offered all the same`,
    );
    await demandUntouched(context, before);
    const load = context.load();
    demandNoFailures(load);
    demandVersions(load, old);
    return `no AMI of ${release.version}, ${old} serves on: ${load.toString()}; ${reason}`;
  },
};
