import { DescribeLaunchTemplateVersionsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { ServiceError } from "../api/service-error";

/** A launch template as a request names it: by id or by name, a number or `$Latest` or `$Default`. */
export interface LaunchTemplateReference {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/** One numbered version of a launch template: all that a launch needs to know. */
export interface LaunchTemplateVersion {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly imageId: string | undefined;
  readonly instanceType: string;
  /** Name of the instance profile. */
  readonly instanceProfile: string | undefined;
  readonly securityGroupIds: readonly string[];
  /** Tags by the type of resource that gets them at launch. */
  readonly tags: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** `ec2:MetadataHttpTokens`: instances of this template refuse version 1 of the metadata service. */
  readonly metadataTokensRequired: boolean;
  readonly instanceMetadataTags: boolean;
}

/** @throws ServiceError ValidationError when there is no such template or version */
export async function readLaunchTemplate(
  ec2: EC2Client,
  reference: LaunchTemplateReference,
): Promise<LaunchTemplateVersion> {
  const shown = reference.id ? `template ID ${reference.id}` : `template name ${reference.name}`;
  const version = reference.version ?? "$Default";
  const found = await ec2
    .send(
      new DescribeLaunchTemplateVersionsCommand({
        ...(reference.id ? { LaunchTemplateId: reference.id } : { LaunchTemplateName: reference.name }),
        Versions: [version],
      }),
    )
    .catch((error: Error) => {
      if (error.name.startsWith("InvalidLaunchTemplate"))
        throw invalid(`The specified launch template, with ${shown}, does not exist.`);
      throw error;
    });
  const [first] = found.LaunchTemplateVersions ?? [];
  if (!first)
    throw invalid(
      `The specified launch template version, with ${shown} and version ${version}, does not exist.`,
    );
  const data = first.LaunchTemplateData ?? {};
  const profile = data.IamInstanceProfile;
  return {
    id: first.LaunchTemplateId!,
    name: first.LaunchTemplateName!,
    version: first.VersionNumber!,
    imageId: data.ImageId,
    instanceType: data.InstanceType ?? "t3.micro",
    instanceProfile: profile?.Name ?? profile?.Arn?.split("/").at(-1),
    securityGroupIds: [
      ...(data.SecurityGroupIds ?? []),
      ...(data.NetworkInterfaces ?? []).flatMap((networkInterface) => networkInterface.Groups ?? []),
    ],
    tags: new Map(
      (data.TagSpecifications ?? []).map((specification) => [
        String(specification.ResourceType),
        new Map((specification.Tags ?? []).map((tag) => [tag.Key!, tag.Value ?? ""])),
      ]),
    ),
    metadataTokensRequired: data.MetadataOptions?.HttpTokens === "required",
    instanceMetadataTags: data.MetadataOptions?.InstanceMetadataTags === "enabled",
  };
}

const invalid = (detail: string): ServiceError =>
  new ServiceError("ValidationError", `You must use a valid fully-formed launch template. ${detail}`);
