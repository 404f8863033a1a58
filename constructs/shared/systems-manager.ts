import { unusedAll } from "./policy-document";
import type { Grantee } from "./role";

const channelActions = [
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

/**
 * What the agent of Systems Manager calls to register an instance and to receive sessions and commands.
 * @param unusedBecause why no agent runs in a rehearsal
 */
export function grantSystemsManager(grantee: Grantee, instanceArn: string, unusedBecause?: string): void {
  const unused = (actions: readonly string[]) =>
    unusedBecause === undefined ? {} : unusedAll(actions, unusedBecause);
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
  grantee.allow({
    actions: ["ssm:UpdateInstanceInformation"],
    resources: [instanceArn],
    unusedInRehearsal: unused(["ssm:UpdateInstanceInformation"]),
  });
  grantee.allow({
    actions: channelActions,
    unusedInRehearsal: unused(channelActions),
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
  const forAssociations = ["ssm:ListInstanceAssociations", "ssm:UpdateInstanceAssociationStatus"];
  const forDocuments = ["ssm:DescribeDocument", "ssm:GetDocument"];
  const forInventory = ["ssm:PutInventory"];
  const reason = "the local cloud's Image Builder collects no inventory, which is Systems Manager's to run";
  grantee.allow({
    actions: forAssociations,
    resources: [arns.instanceArns, arns.associationArns],
    unusedInRehearsal: unusedAll(forAssociations, reason),
  });
  grantee.allow({
    actions: forDocuments,
    resources: arns.documentArns,
    unusedInRehearsal: unusedAll(forDocuments, reason),
  });
  grantee.allow({
    actions: forInventory,
    unusedInRehearsal: unusedAll(forInventory, reason),
    everyResource: "the service authorization reference has no resource type for PutInventory",
  });
}
