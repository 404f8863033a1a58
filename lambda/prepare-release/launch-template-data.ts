import type {
  LaunchTemplateInstanceNetworkInterfaceSpecification,
  LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
  LaunchTemplateTagSpecificationRequest,
  RequestLaunchTemplateData,
  ResponseLaunchTemplateData,
  ResourceType,
} from "@aws-sdk/client-ec2";
import { jobFailed } from "../shared/action-failure";
import { tagRecord } from "../shared/tags";

/** What EC2 tells about a launch template version, as what it takes for a new one: without what only it can set. */
export function toRequest(data: ResponseLaunchTemplateData): RequestLaunchTemplateData {
  const {
    MetadataOptions,
    NetworkInterfaces,
    InstanceRequirements,
    CreditSpecification,
    ElasticGpuSpecifications,
    ElasticInferenceAccelerators,
    // who manages it: EC2 sets it
    Operator: _operator,
    ...same
  } = data;
  // Amazon ended both services: no new version may ask for them
  if (ElasticGpuSpecifications?.length || ElasticInferenceAccelerators?.length)
    throw jobFailed(
      "the blueprint asks for Elastic Graphics or Elastic Inference, which EC2 no longer offers",
    );
  return {
    ...same,
    MetadataOptions: MetadataOptions && withoutState(MetadataOptions),
    NetworkInterfaces: NetworkInterfaces?.map(toInterfaceRequest),
    CreditSpecification: CreditSpecification && { CpuCredits: CreditSpecification.CpuCredits },
    InstanceRequirements: InstanceRequirements && {
      ...InstanceRequirements,
      // EC2 always tells Min, though the type of its answer leaves it open
      VCpuCount: { Min: InstanceRequirements.VCpuCount?.Min, Max: InstanceRequirements.VCpuCount?.Max },
      MemoryMiB: { Min: InstanceRequirements.MemoryMiB?.Min, Max: InstanceRequirements.MemoryMiB?.Max },
    },
  };
}

/** The blueprint's tags of every resource type, with those of a release on instances and volumes. */
export function withReleaseTags(
  blueprint: RequestLaunchTemplateData,
  tagsFor: (blueprintTags: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): LaunchTemplateTagSpecificationRequest[] {
  const given = blueprint.TagSpecifications ?? [];
  const carriers: readonly ResourceType[] = ["instance", "volume"];
  const others = given.filter(({ ResourceType }) => !ResourceType || !carriers.includes(ResourceType));
  const released = carriers.map((type) => {
    const own = given.filter(({ ResourceType }) => ResourceType === type).flatMap(({ Tags = [] }) => Tags);
    const tags = tagsFor(tagRecord(own));
    return { ResourceType: type, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  });
  return [...others, ...released];
}

function withoutState({
  State: _pendingOrApplied,
  ...options
}: NonNullable<ResponseLaunchTemplateData["MetadataOptions"]>): RequestLaunchTemplateData["MetadataOptions"] {
  return options;
}

function toInterfaceRequest(
  one: LaunchTemplateInstanceNetworkInterfaceSpecification,
): LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
  return { ...one, Ipv6Addresses: one.Ipv6Addresses?.map(({ Ipv6Address }) => ({ Ipv6Address })) };
}
