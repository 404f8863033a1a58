import type { Permission } from "../api/service";

type Tags = Readonly<Record<string, string>> | undefined;

/** What a creating call needs: the action itself, and to tag where tags are given. */
export function creating(operation: string, arn: string, tags: Tags): Permission[] {
  return [
    { action: `imagebuilder:${operation}`, resource: arn, context: requestTags(tags) },
    ...tagging(arn, tags),
  ];
}

/** To tag what a call makes, where tags are given. */
export function tagging(arn: string, tags: Tags): Permission[] {
  if (!tags || Object.keys(tags).length === 0) return [];
  return [{ action: "imagebuilder:TagResource", resource: arn, context: requestTags(tags) }];
}

export function reading(operation: string, arn: string): Permission[] {
  return [{ action: `imagebuilder:${operation}`, resource: arn }];
}

/** Whoever names a role that a service is to use must be allowed to hand it over. */
export function passRole(roleArn: string, service: string): Permission {
  return { action: "iam:PassRole", resource: roleArn, context: { "iam:PassedToService": service } };
}

function requestTags(tags: Tags): Record<string, string | string[]> {
  if (!tags) return {};
  const entries = Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value] as const);
  return { ...Object.fromEntries(entries), "aws:TagKeys": Object.keys(tags) };
}
