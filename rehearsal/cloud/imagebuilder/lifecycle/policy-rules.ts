import type {
  LifecyclePolicyDetail,
  LifecyclePolicyResourceSelection,
  LifecyclePolicyResourceType,
} from "@aws-sdk/client-imagebuilder";
import { ServiceError } from "../../api/service-error";

interface PolicySettings {
  readonly resourceType?: LifecyclePolicyResourceType | undefined;
  readonly policyDetails?: LifecyclePolicyDetail[] | undefined;
  readonly resourceSelection?: LifecyclePolicyResourceSelection | undefined;
}

/**
 * What the model alone does not say about a policy.
 * https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_LifecyclePolicyDetail.html
 * @throws ServiceError InvalidRequestException
 */
export function checkPolicy({ resourceType, policyDetails = [], resourceSelection }: PolicySettings): void {
  const { recipes, tagMap } = resourceSelection!;
  if ((recipes === undefined) === (tagMap === undefined))
    throw refused("Exactly one of 'recipes' and 'tagMap' must be supplied in 'resourceSelection'.");
  const types = policyDetails.map(({ action }) => action!.type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice) throw refused(`The policy has more than one rule with the action ${twice}.`);
  for (const detail of policyDetails) checkRule(detail, resourceType!);
}

function checkRule({ action, filter }: LifecyclePolicyDetail, resourceType: string): void {
  const { type, includeResources: include = {} } = action!;
  if (filter!.type === "COUNT" && type !== "DELETE")
    throw refused("A filter of type COUNT can be used with the action DELETE only.");
  if (filter!.type === "COUNT" && filter!.unit) throw refused("A filter of type COUNT takes no 'unit'.");
  if (filter!.type === "AGE" && !filter!.unit) throw refused("A filter of type AGE requires a 'unit'.");
  if (filter!.retainAtLeast !== undefined && (filter!.type !== "AGE" || type !== "DELETE"))
    throw refused("'retainAtLeast' can be used with a filter of type AGE and the action DELETE only.");
  if (type !== "DELETE" && (include.snapshots || include.containers))
    throw refused(`The action ${type} can include AMIs only.`);
  if (include.snapshots && !include.amis) throw refused("Snapshots can be included together with AMIs only.");
  if (resourceType === "AMI_IMAGE" && include.containers)
    throw refused("Containers can't be included in a policy for AMI images.");
  if (resourceType === "CONTAINER_IMAGE" && (type !== "DELETE" || include.amis || include.snapshots))
    throw refused("A policy for container images can only delete, and include containers only.");
}

const refused = (message: string): ServiceError => new ServiceError("InvalidRequestException", message);
