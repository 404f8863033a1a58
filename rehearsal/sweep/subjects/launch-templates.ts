import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeLaunchTemplateVersionsCommand,
  type LaunchTemplateVersion,
  RegisterImageCommand,
} from "@aws-sdk/client-ec2";
import { application, type Lab } from "../lab";

/** An AMI that starts no service. @returns its id */
export async function registerImage(lab: Lab, name: string, version: string): Promise<string> {
  const { ImageId } = await lab.ec2.send(
    new RegisterImageCommand({
      Name: `${name}-${version}`,
      Architecture: "arm64",
      RootDeviceName: "/dev/xvda",
      TagSpecifications: [
        {
          ResourceType: "image",
          Tags: [
            { Key: "Application", Value: application },
            { Key: "Version", Value: version },
          ],
        },
      ],
    }),
  );
  return ImageId!;
}

export async function createTemplate(lab: Lab, name: string, imageId?: string): Promise<void> {
  await lab.ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: { ImageId: imageId, InstanceType: "t4g.small" },
    }),
  );
}

/** A version as prepare-release makes it. @returns its number */
export async function createVersion(
  lab: Lab,
  template: string,
  version: string,
  imageId: string,
): Promise<string> {
  const made = await lab.ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName: template,
      VersionDescription: version,
      LaunchTemplateData: { ImageId: imageId, InstanceType: "t4g.small" },
    }),
  );
  return String(made.LaunchTemplateVersion!.VersionNumber);
}

export async function versionsOf(
  lab: Lab,
  template: string,
  description: string,
): Promise<LaunchTemplateVersion[]> {
  const found: LaunchTemplateVersion[] = [];
  let NextToken: string | undefined;
  do {
    const page = await lab.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: template, NextToken }),
    );
    found.push(...(page.LaunchTemplateVersions ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found.filter(({ VersionDescription }) => VersionDescription === description);
}
