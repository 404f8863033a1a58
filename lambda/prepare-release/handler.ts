import { EC2Client } from "@aws-sdk/client-ec2";
import { prepareReleaseFunction } from "../../contract/functions";
import { actionHandler } from "../shared/action-handler";
import { clientOptions } from "../shared/clients";
import { prepareRelease } from "./prepare-release";

const ec2 = new EC2Client(clientOptions);

/** Makes what a fleet is replaced with: a launch template version. */
export const handler = actionHandler({
  definition: prepareReleaseFunction,
  stateFields: [],
  async run(request) {
    const LaunchTemplateVersion = await prepareRelease(ec2, request);
    const { Version, ImageId } = request.parameters;
    const made = `${request.environment.RELEASE_TEMPLATE}:${LaunchTemplateVersion}`;
    return {
      outputs: { LaunchTemplateVersion },
      summary: `release ${Version} is ${made} with ${ImageId}`,
      externalExecutionId: made,
    };
  },
});
