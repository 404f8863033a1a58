import type {
  LifecyclePolicyDetail,
  LifecyclePolicyDetailExclusionRulesAmis,
  LifecycleExecutionResourceActionName,
  ResourceStateUpdateIncludeResources,
} from "@aws-sdk/client-imagebuilder";
import type { ImageRecord } from "../store";
import { before } from "./time-units";

/** One image that an execution acts on. */
export interface Target {
  readonly image: ImageRecord;
  readonly action: LifecycleExecutionResourceActionName;
  readonly reason: string;
  readonly include: ResourceStateUpdateIncludeResources;
  readonly amiExclusions: LifecyclePolicyDetailExclusionRulesAmis;
}

/** An image that meets several rules gets the strongest action only. */
const strongestFirst = ["DELETE", "DISABLE", "DEPRECATE"] as const;

/**
 * What a policy's rules do to the images that its selection names.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/image-lifecycle-rules.html
 */
export function targetsOf(
  rules: readonly LifecyclePolicyDetail[],
  selected: readonly ImageRecord[],
  now: Date,
): Target[] {
  const newestFirst = [...selected].sort((left, right) => created(right) - created(left));
  const targets = new Map<string, Target>();
  for (const type of strongestFirst)
    for (const rule of rules.filter(({ action }) => action!.type === type))
      for (const image of affected(rule, newestFirst, now)) {
        if (targets.has(image.arn) || hasAnyTag(image.tags, rule.exclusionRules?.tagMap)) continue;
        if (isInState(image, type)) continue;
        targets.set(image.arn, {
          image,
          action: type,
          reason: reasonOf(rule),
          include: rule.action!.includeResources ?? {},
          amiExclusions: rule.exclusionRules?.amis ?? {},
        });
      }
  return [...targets.values()];
}

/** Both the key and the value must match. */
export function hasAnyTag(
  tags: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> | undefined,
): boolean {
  return Object.entries(wanted ?? {}).some(([key, value]) => tags[key] === value);
}

function affected(
  { action, filter }: LifecyclePolicyDetail,
  newestFirst: readonly ImageRecord[],
  now: Date,
): ImageRecord[] {
  const { type, value, unit, retainAtLeast = 0 } = filter!;
  if (type === "COUNT") return newestFirst.slice(value);
  const limit = before(now, value!, unit!).getTime();
  const kept = action!.type === "DELETE" ? retainAtLeast : 0;
  return newestFirst.slice(kept).filter((image) => created(image) <= limit);
}

function isInState({ state }: ImageRecord, type: (typeof strongestFirst)[number]): boolean {
  return (
    (type === "DEPRECATE" && ["DEPRECATED", "DISABLED"].includes(state.status)) ||
    (type === "DISABLE" && state.status === "DISABLED")
  );
}

function reasonOf({ filter }: LifecyclePolicyDetail): string {
  const { type, value, unit } = filter!;
  return type === "COUNT"
    ? `There are more than ${value} images.`
    : `The image is older than ${value} ${unit?.toLowerCase()}.`;
}

const created = ({ dateCreated }: ImageRecord): number => Date.parse(dateCreated ?? "");
