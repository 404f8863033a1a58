import {
  CreateLaunchTemplateVersionCommand,
  DescribeImagesCommand,
  type EC2Client,
  type RequestLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import type { prepareReleaseFunction } from "../../contract/functions";
import { applicationTag } from "../../contract/tags";
import { jobFailed } from "../shared/action-failure";
import type { Request } from "../shared/action-handler";
import { clientToken } from "../shared/client-token";
import { reasonOf, unlessMissing } from "../shared/errors";
import { eventually } from "../shared/eventually";
import { LaunchTemplate } from "../shared/launch-template";
import { releaseTagsAmong, tagRecord, tagsOfInstance } from "../shared/tags";
import { toRequest, withReleaseTags } from "./launch-template-data";

/** Makes the release's launch template version: the blueprint's newest one with the image. @returns its number */
export async function prepareRelease(
  ec2: EC2Client,
  { environment, parameters, attempt }: Request<typeof prepareReleaseFunction>,
): Promise<string> {
  const { ImageId, Version } = parameters;
  const imageTags = await checkedImageTags(ec2, environment.APPLICATION, ImageId, Version);
  const template = new LaunchTemplate(ec2, environment.RELEASE_TEMPLATE);
  const existing = await existingVersion(template, Version, ImageId);
  if (existing) return existing;
  const blueprint = await blueprintData(ec2, environment.BLUEPRINT_TEMPLATE);
  const release = releaseTagsAmong(imageTags);
  const { LaunchTemplateVersion: made, Warning: warning } = await ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName: template.name,
      VersionDescription: Version,
      ClientToken: clientToken(attempt, "launch-template-version"),
      LaunchTemplateData: {
        ...blueprint,
        ImageId,
        TagSpecifications: withReleaseTags(blueprint, (tags) =>
          tagsOfInstance(tags, release, environment.ENVIRONMENT),
        ),
      },
    }),
  );
  if (made?.VersionNumber === undefined) throw jobFailed(`EC2 returned no new version of ${template.name}`);
  const number = String(made.VersionNumber);
  const problems = (warning?.Errors ?? []).map(({ Code, Message }) => `${Code}: ${Message}`);
  if (problems.length > 0) {
    // a warning means that instances can't be launched from it: better to know before the roll-out
    await template.delete(number).catch((error: unknown) => console.error(reasonOf(error)));
    throw jobFailed(
      `EC2 warns of launch template version ${template.name}:${number}: ${problems.join("; ")}`,
    );
  }
  return number;
}

/** The tags of an image that is what the release says it is. */
async function checkedImageTags(
  ec2: EC2Client,
  application: string,
  imageId: string,
  version: string,
): Promise<Record<string, string>> {
  const image = await eventually(async () => {
    const look = ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
    return (await unlessMissing(look, "InvalidAMIID.NotFound"))?.Images?.[0];
  });
  if (!image) throw jobFailed(`image ${imageId} does not exist`, imageId);
  if (image.State !== "available")
    throw jobFailed(
      `image ${imageId} is ${image.State}, not available: ${image.StateReason?.Message ?? "EC2 gave no reason"}`,
      imageId,
    );
  const tags = tagRecord(image.Tags);
  for (const [name, expected] of [
    [applicationTag, application],
    ["Version", version],
  ] as const) {
    if (tags[name] !== expected)
      throw jobFailed(
        `image ${imageId} has the tag ${name} "${tags[name] ?? ""}", but "${expected}" is to be released`,
        imageId,
      );
  }
  return tags;
}

/** A version that an earlier attempt of the same release made. */
async function existingVersion(
  template: LaunchTemplate,
  version: string,
  imageId: string,
): Promise<string | undefined> {
  const named = (await template.versions()).filter((one) => one.VersionDescription === version);
  const same = named.find((one) => one.LaunchTemplateData?.ImageId === imageId);
  if (same?.VersionNumber !== undefined) return String(same.VersionNumber);
  const [other] = named;
  if (!other) return undefined;
  throw jobFailed(
    `launch template version ${template.name}:${other.VersionNumber} is release ${version} already, with image ${other.LaunchTemplateData?.ImageId}, not ${imageId}`,
  );
}

async function blueprintData(ec2: EC2Client, name: string): Promise<RequestLaunchTemplateData> {
  const latest = await new LaunchTemplate(ec2, name).find("$Latest");
  if (!latest?.LaunchTemplateData) throw jobFailed(`the blueprint launch template ${name} has no version`);
  return toRequest(latest.LaunchTemplateData);
}
