import type { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

const metadataKey = "accepted-finding";

interface AcceptedFinding {
  readonly resource: TerraformResource;
  readonly check: string;
}

/**
 * Accepts a finding of checkov, beside the resource that it is about. checkov reads no skip comments in Terraform's JSON,
 * so the synthesis writes them all into a baseline, which .checkov.yaml names; the reason goes into the JSON as well.
 */
export function acceptFindings(
  resource: TerraformResource,
  findings: Readonly<Record<string, string>>,
): void {
  for (const [check, reason] of Object.entries(findings)) {
    resource.node.addMetadata(metadataKey, { resource, check } satisfies AcceptedFinding);
    resource.addOverride(`//.accepted.${check}`, reason);
  }
}

/** Everything that was accepted, in checkov's own form. */
export function checkovBaseline(root: IConstruct): string {
  const findings = root.node
    .findAll()
    .flatMap((construct) => construct.node.metadata)
    .filter(({ type }) => type === metadataKey)
    .map(({ data }) => data as AcceptedFinding)
    // its checks that look at one resource call it otherwise than those that look at several
    .flatMap(({ resource, check }) =>
      [
        `resource.${resource.friendlyUniqueId}`,
        `${resource.terraformResourceType}.${resource.friendlyUniqueId}`,
      ].map((name) => ({ resource: name, check_ids: [check] })),
    );
  return JSON.stringify({ failed_checks: [{ file: "*", findings }] }, undefined, 2);
}
