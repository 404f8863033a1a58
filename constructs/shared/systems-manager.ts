import type { Statement } from "./policy-document";
import type { Grantee } from "./role";

/** For a command's output, and for sessions. */
export const dataChannelActions = ["ssmmessages:CreateDataChannel", "ssmmessages:OpenDataChannel"];

/** What the agent of Systems Manager calls to register an instance and to receive sessions and commands. */
export function grantSystemsManager(
  grantee: Grantee,
  instanceArn: string,
  unusedInRehearsal?: Statement["unusedInRehearsal"],
): void {
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
  grantee.allow({
    actions: ["ssm:UpdateInstanceInformation"],
    resources: [instanceArn],
  });
  grantee.allow({
    actions: ["ssmmessages:CreateControlChannel", "ssmmessages:OpenControlChannel", ...dataChannelActions],
    unusedInRehearsal,
    everyResource: "the service authorization reference has no resource type for a channel's actions",
  });
}

/** Besides: what it calls to report inventory, which Image Builder puts into an image's metadata. */
export function grantInventory(
  grantee: Grantee,
  arns: {
    readonly instanceArns: string;
    readonly associationArns: string;
    readonly documentArns: readonly string[];
  },
): void {
  grantee.allow({
    actions: ["ssm:ListInstanceAssociations", "ssm:UpdateInstanceAssociationStatus"],
    resources: [arns.instanceArns, arns.associationArns],
  });
  grantee.allow({ actions: ["ssm:DescribeDocument", "ssm:GetDocument"], resources: arns.documentArns });
  grantee.allow({
    actions: ["ssm:PutInventory"],
    everyResource: "the service authorization reference has no resource type for PutInventory",
  });
}
