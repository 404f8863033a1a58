import type { Cloud } from "../../cloud";
import type { Authorizer } from "../../gateway/authorizer";
import { BakeFailure } from "./bake-failure";
import type { BuildInstance } from "./instance-role";

/** The document that Image Builder associates with an instance whose image is to have enhanced metadata. */
const document = "AWS-GatherSoftwareInventory";

/**
 * What the Systems Manager agent calls to carry out the association that collects the instance's inventory.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/how-image-builder-works.html
 * @throws BakeFailure when the instance profile's role may not
 */
export async function collectInventory(
  { partition, region, accountId }: Cloud,
  authorizer: Authorizer,
  { instanceId, credentials }: BuildInstance,
): Promise<void> {
  const instance = `arn:${partition}:ec2:${region}:${accountId}:instance/${instanceId}`;
  // AWS's own document has no account in its ARN; iam-simulate knows documents only with one
  const gathering = `arn:${partition}:ssm:${region}:${accountId}:document/${document}`;
  const association = `arn:${partition}:ssm:${region}:${accountId}:association/${crypto.randomUUID()}`;
  const calls: readonly (readonly [action: string, resource: string])[] = [
    ["ssm:ListInstanceAssociations", instance],
    ["ssm:DescribeDocument", gathering],
    ["ssm:GetDocument", gathering],
    ["ssm:PutInventory", "*"],
    ["ssm:UpdateInstanceAssociationStatus", instance],
    ["ssm:UpdateInstanceAssociationStatus", association],
  ];
  try {
    for (const [action, resource] of calls) await authorizer.authorizeRole(credentials, action, resource);
  } catch (error) {
    throw new BakeFailure(
      `Inventory collection failed on instance ${instanceId}: ${(error as Error).message}`,
    );
  }
}
