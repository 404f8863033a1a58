import { GetInstanceProfileCommand } from "@aws-sdk/client-iam";
import type { Cloud } from "../cloud";
import { invalidValue } from "./resources";

/**
 * The role of an instance profile.
 * @throws ServiceError InvalidParameterValueException when the profile does not exist or has no role
 */
export async function roleOfProfile(cloud: Cloud, name: string): Promise<string> {
  const answer = await cloud.backend.iam
    .send(new GetInstanceProfileCommand({ InstanceProfileName: name }))
    .catch(() => undefined);
  const role = answer?.InstanceProfile?.Roles?.[0]?.Arn;
  if (!role)
    throw invalidValue(
      "instanceProfileName",
      "The provided instance profile does not exist or has no role. Please specify a different instance profile and try again.",
    );
  return role;
}
